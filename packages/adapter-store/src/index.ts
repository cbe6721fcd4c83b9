export type { ExchangeFormat } from './exchange/export-measurements.js';
export { exportMeasurements } from './exchange/export-measurements.js';
export { importMeasurements } from './exchange/import-measurements.js';
export type { ImportResult, RefusedLine } from './exchange/import-measurements.js';
export type { TextPieces } from './exchange/lines.js';
export { LibsqlMeasurementStore } from './libsql-measurement-store.js';
