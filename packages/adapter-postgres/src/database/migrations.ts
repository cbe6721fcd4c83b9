/**
 * Steps from an empty database to today's tables; `plimsoll_schema` counts those that were taken. Steps are only ever
 * added. Values are JSON as text: `jsonb` refuses the character U+0000, which an answer of a model may hold.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE plimsoll_measurements (
     number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     kind TEXT NOT NULL,
     at_ms DOUBLE PRECISION NOT NULL,
     model TEXT NOT NULL,
     variant TEXT NOT NULL,
     level TEXT,
     digest TEXT,
     architecture TEXT,
     backend TEXT NOT NULL,
     device TEXT,
     comparison_id TEXT,
     is_foreign BOOLEAN NOT NULL,
     record TEXT NOT NULL
   );
   CREATE INDEX plimsoll_measurements_newest ON plimsoll_measurements (at_ms DESC, number ASC);
   CREATE TABLE plimsoll_results (
     key TEXT PRIMARY KEY,
     value TEXT NOT NULL,
     put_at TIMESTAMPTZ NOT NULL DEFAULT now()
   );
   CREATE TABLE plimsoll_sidecar_changes (
     number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     run TEXT NOT NULL,
     path TEXT NOT NULL,
     before TEXT,
     after TEXT NOT NULL,
     undone BOOLEAN NOT NULL DEFAULT FALSE
   );
   CREATE INDEX plimsoll_sidecar_changes_open ON plimsoll_sidecar_changes (run, number) WHERE NOT undone;`,
];
