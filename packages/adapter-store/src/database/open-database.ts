import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StorageFailedError } from '@plimsoll/domain';
import { MIGRATIONS } from './migrations.js';
import type { Database } from './migrations.js';

/** A short wait inside the library, which blocks; longer ones are waited for outside. */
const BUSY_MS = 20;

/** Length of the log before it is folded into the file, 16 MiB: folding costs more than many appends. */
const PAGES_IN_LOG = 4096;

/** Opens the file, makes it and its folder when missing, and brings its tables up to date. */
export async function openDatabase(path: string): Promise<Database> {
  await mkdir(dirname(path), { recursive: true });
  // Loaded when first needed: commands that measure nothing start without it.
  const { default: Libsql } = await import('libsql');
  const database = new Libsql(path, { timeout: BUSY_MS });
  try {
    // Readers do not wait for the writer, and what was committed survives the end of the process.
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma(`wal_autocheckpoint = ${PAGES_IN_LOG}`);
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: Database, path: string): void {
  if (versionOf(database, path) === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Read again: another process may have done it while this one waited.
    for (const step of MIGRATIONS.slice(versionOf(database, path))) step(database);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(database: Database, path: string): number {
  const row = database.prepare('PRAGMA user_version').get() as { readonly user_version: number };
  if (row.user_version <= MIGRATIONS.length) return row.user_version;
  throw new StorageFailedError(
    `The measurements in ${path} were written by a newer Plimsoll (format ${row.user_version}; this one knows ${MIGRATIONS.length}).`,
    { hint: 'Update Plimsoll, or set store.file to another file.' },
  );
}
