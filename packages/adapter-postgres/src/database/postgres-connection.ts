import { InvalidInputError, StorageFailedError, throwIfCancelled } from '@plimsoll/domain';
import type { CallOptions } from '@plimsoll/domain';
import { Pool } from 'pg';
import type { PoolClient } from 'pg';
import { MIGRATIONS } from './migrations.js';
import { isTransient, placeOf, postgresError } from './postgres-error.js';

/** Connections that one process holds at most: a thousand workers must not use up the server's. */
const MOST_CONNECTIONS = 4;
const CONNECT_MS = 10_000;
/** How long a server may be away before work fails. */
const GIVE_UP_MS = 30_000;
const RETRY_MS = 200;
/** Any number, the same in every Plimsoll: one process at a time makes tables. */
const MIGRATION_LOCK = 7_264_021;

/** Statements on one database. The stores share it; whoever opened it closes it. */
export interface PostgresConnection {
  /**
   * Runs a statement; once more when the server was away for a moment, so statements must bear repetition.
   * @throws StorageFailedError, CancelledError
   */
  query<Row extends object>(sql: string, values: readonly unknown[], options?: CallOptions): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** Opens a database by its URL at first use, and brings its tables up to date. @throws InvalidInputError */
export function openPostgres(url: string): PostgresConnection {
  if (!/^postgres(?:ql)?:\/\//u.test(url) || !URL.canParse(url)) {
    throw new InvalidInputError('The store is not the address of a PostgreSQL database.', {
      hint: 'It looks like postgres://user:password@host:5432/database.',
    });
  }
  const place = placeOf(url);
  const pool = new Pool({
    connectionString: url,
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'plimsoll',
  });
  // An idle connection that breaks is replaced at the next statement.
  pool.on('error', () => undefined);
  let ready: Promise<void> | null = null;

  const prepared = async (): Promise<void> => {
    ready ??= migrate(pool, place);
    try {
      await ready;
    } catch (error) {
      ready = null;
      throw error;
    }
  };

  return {
    async query<Row extends object>(sql: string, values: readonly unknown[], { signal }: CallOptions = {}) {
      const giveUpAt = performance.now() + GIVE_UP_MS;
      for (;;) {
        throwIfCancelled(signal, 'The work on the database was cancelled.');
        try {
          await prepared();
          return (await pool.query<Row>(sql, [...values])).rows;
        } catch (error) {
          if (!isTransient(error) || performance.now() > giveUpAt) throw postgresError(place, error);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    },
    close: () => pool.end(),
  };
}

async function migrate(pool: Pool, place: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query('CREATE TABLE IF NOT EXISTS plimsoll_schema (version INTEGER NOT NULL)');
    const version = await versionOf(client);
    if (version > MIGRATIONS.length) {
      throw new StorageFailedError(
        `${place} was set up by a newer Plimsoll (format ${version}; this one knows ${MIGRATIONS.length}).`,
        { hint: 'Update Plimsoll on this machine.' },
      );
    }
    for (const step of MIGRATIONS.slice(version)) await client.query(step);
    if (version < MIGRATIONS.length) {
      await client.query('DELETE FROM plimsoll_schema');
      await client.query('INSERT INTO plimsoll_schema VALUES ($1)', [MIGRATIONS.length]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function versionOf(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ version: number }>('SELECT version FROM plimsoll_schema');
  return rows[0]?.version ?? 0;
}
