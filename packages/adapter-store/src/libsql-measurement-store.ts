import { CallStatistics, throwIfCancelled } from '@plimsoll/domain';
import type {
  CallOptions,
  GenerationMeasurement,
  Measurement,
  MeasurementFilter,
  MeasurementStore,
  VariantStatistics,
} from '@plimsoll/domain';
import type { Statement } from 'libsql';
import { openDatabase } from './database/open-database.js';
import type { Database } from './database/migrations.js';
import { PLACES } from './database/migrations.js';
import { isBusy, storeError } from './database/store-error.js';
import { conditionOf, wholeMs } from './database/where.js';
import { measurementSchema } from './measurement-schema.js';

/** Rows handled in one go; between two goes other work gets its turn. */
const ROWS_AT_ONCE = 1000;
const DEFAULT_LIMIT = 1000;
const GIVE_UP_MS = 5000;
const RETRY_MS = 20;

/** The last free place of the millisecond, counted down. */
const NUMBER = `(SELECT coalesce(min(number), (CAST(? AS INTEGER) + 1) * ${PLACES}) - 1 FROM measurements
  WHERE number BETWEEN CAST(? AS INTEGER) * ${PLACES} AND CAST(? AS INTEGER) * ${PLACES} + ${PLACES - 1})`;

const INSERT = `INSERT INTO measurements (number, id, kind, at_ms, model, variant, level, digest, architecture, backend,
  device, comparison_id, is_foreign, succeeded, record) VALUES (${NUMBER}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;

/** The next rows before a place, newest first, whatever they hold: what one look costs does not depend on a filter. */
const WINDOW = `SELECT * FROM measurements WHERE number >= CAST(? AS INTEGER) * ${PLACES}
  AND number < CAST(? AS INTEGER) ORDER BY number DESC LIMIT ${ROWS_AT_ONCE}`;

/** Behind every row. As text: it has more digits than JavaScript's numbers. */
const LAST_PLACE = String(2n ** 63n - 1n);

interface Row {
  readonly record: string;
}

interface Place {
  /** Null when the window was empty. */
  readonly place: string | null;
}

interface Connection {
  readonly database: Database;
  readonly insert: Statement;
}

/** Measurements in one file of an embedded database. The file is opened at first use. */
export class LibsqlMeasurementStore implements MeasurementStore {
  readonly #path: string;
  #connection: Promise<Connection> | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async append(measurements: readonly Measurement[], options: CallOptions = {}): Promise<void> {
    for (let start = 0; start < measurements.length; start += ROWS_AT_ONCE) {
      if (start > 0) await otherWork();
      const part = measurements.slice(start, start + ROWS_AT_ONCE);
      await this.#use((connection) => write(connection, part), options);
    }
  }

  async query(filter: MeasurementFilter = {}, options: CallOptions = {}): Promise<readonly Measurement[]> {
    const found: Measurement[] = [];
    for await (const measurement of this.stream({ ...filter, limit: filter.limit ?? DEFAULT_LIMIT }, options)) {
      found.push(measurement);
    }
    return found;
  }

  /** What matches, newest first, without holding it all in memory; everything when there is no limit. */
  async *stream(filter: MeasurementFilter = {}, options: CallOptions = {}): AsyncGenerator<Measurement, void> {
    for await (const record of this.#records(filter, filter.limit ?? Infinity, options)) {
      const parsed = measurementSchema.safeParse(JSON.parse(record));
      // A row that an earlier development version wrote in another shape is not worth failing all others.
      if (parsed.success) yield parsed.data;
    }
  }

  async aggregate(filter: MeasurementFilter = {}, options: CallOptions = {}): Promise<readonly VariantStatistics[]> {
    const calls = new CallStatistics();
    for await (const record of this.#records({ ...filter, kind: 'generation' }, Infinity, options)) {
      // Not validated again: checked when it was written, and statistics run over long histories.
      calls.record(JSON.parse(record) as GenerationMeasurement);
    }
    return calls.statistics();
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    (await connection?.catch(() => null))?.database.close();
  }

  /** Newest first, window by window, so that neither memory nor the event loop suffers from a long history. */
  async *#records(filter: MeasurementFilter, limit: number, options: CallOptions): AsyncGenerator<string, void> {
    const { sql, values } = conditionOf(filter);
    const first = wholeMs(filter.sinceMs ?? 0);
    let [left, before]: [number, string | null] = [limit, LAST_PLACE];
    while (left > 0 && before !== null) {
      const range: readonly (string | number)[] = [first, before];
      const [found, end] = await this.#use(
        ({ database }) => [
          database.prepare(`SELECT record FROM (${WINDOW}) WHERE ${sql} ORDER BY number DESC`).all(...range, ...values),
          database.prepare(`SELECT CAST(min(number) AS TEXT) AS place FROM (${WINDOW})`).get(...range),
        ],
        options,
      );
      for (const { record } of (found as Row[]).slice(0, left)) yield record;
      left -= found.length;
      before = (end as Place).place;
      await otherWork();
    }
  }

  /** Does something with the connection, again for a while when another process holds the file. */
  async #use<Result>(action: (connection: Connection) => Result, { signal }: CallOptions): Promise<Result> {
    const giveUpAt = performance.now() + GIVE_UP_MS;
    for (;;) {
      throwIfCancelled(signal, 'The work on the measurements was cancelled.');
      try {
        return action(await this.#open());
      } catch (error) {
        if (!isBusy(error) || performance.now() > giveUpAt) throw storeError(this.#path, error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async #open(): Promise<Connection> {
    this.#connection ??= openDatabase(this.#path).then((database) => ({
      database,
      insert: database.prepare(INSERT),
    }));
    try {
      return await this.#connection;
    } catch (error) {
      this.#connection = null;
      throw error;
    }
  }
}

function write({ database, insert }: Connection, measurements: readonly Measurement[]): void {
  if (measurements.length === 1) {
    for (const measurement of measurements) insert.run(valuesOf(measurement));
    return;
  }
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const measurement of measurements) insert.run(valuesOf(measurement));
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function valuesOf(measurement: Measurement): readonly (string | number | null)[] {
  const { environment, foreign, succeeded } = measurement;
  const ms = wholeMs(measurement.atMs);
  return [
    ms,
    ms,
    ms,
    measurement.id,
    measurement.kind,
    measurement.atMs,
    measurement.model,
    measurement.variant,
    measurement.level,
    measurement.digest,
    measurement.architecture,
    environment.backend,
    environment.device,
    measurement.comparisonId,
    Number(foreign),
    Number(succeeded),
    JSON.stringify(measurement),
  ];
}

async function otherWork(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
