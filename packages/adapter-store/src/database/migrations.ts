import type LibsqlDatabase from 'libsql';
import { currentRecord } from '../current-record.js';

/** An open connection. */
export type Database = LibsqlDatabase.Database;

/** Places within one millisecond. */
export const PLACES: number = 2 ** 20;

/** Times are kept from 1970 to the year 2248; others are moved to the ends, in the order only. */
export const LAST_MS: number = 2 ** 43 - 1;

/**
 * Steps from an empty file to today's tables; `user_version` counts those that were taken. Steps are only ever added.
 *
 * The columns are those that queries filter by and statistics are made of; `record` is the whole measurement as JSON.
 *
 * `number` is the time: milliseconds times 2^20, and within one millisecond counted down from the last place, so that
 * descending order is newest first and, at one time, in the order of appending. An index by time is thus not needed:
 * each index costs every append a page, and a
 * history is short enough to be walked.
 */
export const MIGRATIONS: readonly ((database: Database) => void)[] = [
  (database) =>
    database.exec(`CREATE TABLE measurements (
     number INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     kind TEXT NOT NULL,
     at_ms REAL NOT NULL,
     model TEXT NOT NULL,
     variant TEXT NOT NULL,
     level TEXT,
     digest TEXT,
     architecture TEXT,
     backend TEXT NOT NULL,
     device TEXT,
     comparison_id TEXT,
     is_foreign INTEGER NOT NULL,
     succeeded INTEGER NOT NULL,
     record TEXT NOT NULL
   ) STRICT;`),
  recordsByKind,
];

/** Rows read at once while they are rewritten. */
const ROWS_AT_ONCE = 1000;

/** Records as a union by kind, with the whole operating point in `shape`. */
function recordsByKind(database: Database): void {
  const page = database.prepare('SELECT number, record FROM measurements WHERE number > ? ORDER BY number LIMIT ?');
  const update = database.prepare('UPDATE measurements SET record = ? WHERE number = ?');
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = page.all(after, ROWS_AT_ONCE) as readonly { readonly number: number; readonly record: string }[];
    for (const { number, record } of rows) update.run(JSON.stringify(currentRecord(JSON.parse(record))), number);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.number;
  }
}
