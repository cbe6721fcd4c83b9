import type { CallOptions, ResultStore } from '@plimsoll/domain';
import type { PostgresConnection } from './database/postgres-connection.js';

interface Row {
  readonly key: string;
  readonly value: string;
}

/** Results that any number of machines write: the primary key sees to it that each key has one. */
export class PostgresResultStore<Value> implements ResultStore<Value> {
  readonly #connection: PostgresConnection;

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }

  async get(key: string, options: CallOptions = {}): Promise<Value | null> {
    return (await this.getMany([key], options)).get(key) ?? null;
  }

  async getMany(keys: readonly string[], options: CallOptions = {}): Promise<ReadonlyMap<string, Value>> {
    const sql = 'SELECT key, value FROM plimsoll_results WHERE key = ANY($1)';
    const rows = await this.#connection.query<Row>(sql, [keys], options);
    return new Map(rows.map(({ key, value }) => [key, JSON.parse(value) as Value]));
  }

  async put(key: string, value: Value, options: CallOptions = {}): Promise<void> {
    await this.#connection.query(
      `INSERT INTO plimsoll_results (key, value) VALUES ($1, $2)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, put_at = now()`,
      [key, JSON.stringify(value)],
      options,
    );
  }

  async remove(keys: readonly string[], options: CallOptions = {}): Promise<void> {
    await this.#connection.query('DELETE FROM plimsoll_results WHERE key = ANY($1)', [keys], options);
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }
}
