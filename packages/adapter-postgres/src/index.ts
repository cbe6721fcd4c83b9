export { openPostgres } from './database/postgres-connection.js';
export type { PostgresConnection } from './database/postgres-connection.js';
export { PostgresMeasurementStore } from './postgres-measurement-store.js';
export { PostgresResultStore } from './postgres-result-store.js';
export { PostgresSidecarJournal } from './postgres-sidecar-journal.js';
