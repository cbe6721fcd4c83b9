/**
 * Steps from an empty file to today's tables; `user_version` counts those that were taken. Steps are only ever added.
 *
 * The columns are those that queries filter by and statistics are made of; `record` is the whole measurement as JSON.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE measurements (
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
   ) STRICT;
   CREATE INDEX measurements_by_time ON measurements (at_ms);
   CREATE INDEX measurements_by_model ON measurements (model, at_ms);
   CREATE INDEX measurements_by_comparison ON measurements (comparison_id) WHERE comparison_id IS NOT NULL;`,
];
