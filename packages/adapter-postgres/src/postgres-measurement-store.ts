import { CallStatistics } from '@plimsoll/domain';
import type {
  CallOptions,
  Measurement,
  MeasurementFilter,
  MeasurementStore,
  VariantStatistics,
} from '@plimsoll/domain';
import type { PostgresConnection } from './database/postgres-connection.js';
import { conditionOf } from './database/where.js';

/** Rows handled in one go, so that neither memory nor the event loop suffers from a long history. */
const ROWS_AT_ONCE = 1000;
const DEFAULT_LIMIT = 1000;

const COLUMNS = [
  'id',
  'kind',
  'at_ms',
  'model',
  'variant',
  'level',
  'digest',
  'architecture',
  'backend',
  'device',
  'comparison_id',
  'is_foreign',
  'record',
] as const;

/** One array for each column: one statement, whatever the number of rows. */
const INSERT = `INSERT INTO plimsoll_measurements (${COLUMNS.join(', ')})
  SELECT * FROM unnest($1::text[], $2::text[], $3::float8[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::bool[], $13::text[])
  ON CONFLICT (id) DO NOTHING`;

interface Row {
  readonly number: string;
  readonly at_ms: number;
  readonly record: string;
}

/** Measurements of any number of machines in one PostgreSQL database. The connection is its giver's to close. */
export class PostgresMeasurementStore implements MeasurementStore {
  readonly #connection: PostgresConnection;

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }

  async append(measurements: readonly Measurement[], options: CallOptions = {}): Promise<void> {
    for (let start = 0; start < measurements.length; start += ROWS_AT_ONCE) {
      const rows = measurements.slice(start, start + ROWS_AT_ONCE).map(valuesOf);
      const columns = COLUMNS.map((_, index) => rows.map((row) => row[index]));
      await this.#connection.query(INSERT, columns, options);
    }
  }

  async query(filter: MeasurementFilter = {}, options: CallOptions = {}): Promise<readonly Measurement[]> {
    const found: Measurement[] = [];
    for await (const one of this.#walk(filter, filter.limit ?? DEFAULT_LIMIT, options)) found.push(one);
    return found;
  }

  async aggregate(filter: MeasurementFilter = {}, options: CallOptions = {}): Promise<readonly VariantStatistics[]> {
    const calls = new CallStatistics();
    for await (const one of this.#walk({ ...filter, kind: 'generation' }, Infinity, options)) {
      if (one.kind === 'generation') calls.record(one);
    }
    return calls.statistics();
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }

  /** Newest first, and at one time in the order of appending. */
  async *#walk(filter: MeasurementFilter, limit: number, options: CallOptions): AsyncGenerator<Measurement> {
    const { sql, values } = conditionOf(filter);
    const [at, number, count] = [values.length + 1, values.length + 2, values.length + 3];
    const page = `SELECT number, at_ms, record FROM plimsoll_measurements
      WHERE ${sql} AND (at_ms < $${at} OR (at_ms = $${at} AND number > $${number}))
      ORDER BY at_ms DESC, number ASC LIMIT $${count}`;
    let left = limit;
    let [beforeMs, afterNumber] = [Infinity, '0'];
    while (left > 0) {
      const most = Math.min(left, ROWS_AT_ONCE);
      const rows = await this.#connection.query<Row>(page, [...values, beforeMs, afterNumber, most], options);
      // Not validated again: it was written by a Plimsoll of a format that this one knows.
      for (const { record } of rows) yield JSON.parse(record) as Measurement;
      const last = rows.at(-1);
      if (last === undefined || rows.length < most) return;
      left -= rows.length;
      [beforeMs, afterNumber] = [last.at_ms, last.number];
    }
  }
}

function valuesOf(measurement: Measurement): readonly unknown[] {
  const { id, kind, atMs, model, variant, level, digest, architecture, environment, comparisonId, foreign } =
    measurement;
  return [
    ...[id, kind, atMs, model, variant, level, digest, architecture],
    ...[environment.backend, environment.device, comparisonId, foreign, JSON.stringify(measurement)],
  ];
}
