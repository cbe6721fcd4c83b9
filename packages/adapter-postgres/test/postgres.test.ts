import {
  describeMeasurementStoreContract,
  describeResultStoreContract,
  describeSidecarJournalContract,
} from '@plimsoll/testing';
import { freePort, startPostgres, whyNoPostgres } from '@plimsoll/testing/servers';
import type { PostgresServer } from '@plimsoll/testing/servers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { keepAndUndo } from '../examples/keep-results.js';
import { PostgresMeasurementStore, PostgresResultStore, PostgresSidecarJournal, openPostgres } from '../src/index.js';
import type { PostgresConnection } from '../src/index.js';

const why = whyNoPostgres();

describe.skipIf(why !== null)(`a real PostgreSQL${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let server: PostgresServer;
  let connection: PostgresConnection;
  const opened: PostgresConnection[] = [];
  const tables = ['plimsoll_measurements', 'plimsoll_results', 'plimsoll_sidecar_changes'];
  const empty = async (): Promise<PostgresConnection> => {
    await connection.query(`TRUNCATE ${tables.join(', ')}`, []);
    return connection;
  };

  beforeAll(async () => {
    server = await startPostgres();
    connection = openPostgres(server.url);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  describeMeasurementStoreContract('PostgreSQL', async () => new PostgresMeasurementStore(await empty()));
  describeResultStoreContract('PostgreSQL', async () => new PostgresResultStore(await empty()));
  describeSidecarJournalContract('PostgreSQL', async () => new PostgresSidecarJournal(await empty()));

  test('many that open an empty database at once make its tables once', async () => {
    await connection.query(`DROP TABLE ${tables.join(', ')}, plimsoll_schema`, []);
    const many = Array.from({ length: 8 }, () => openPostgres(server.url));
    opened.push(...many);
    await Promise.all(many.map((one, index) => new PostgresResultStore(one).put(`k${index}`, index)));
    const rows = await many[0]!.query<{ version: number }>('SELECT version FROM plimsoll_schema', []);
    expect(rows).toHaveLength(1);
  });

  test('a database of a newer version is refused', async () => {
    await connection.query('UPDATE plimsoll_schema SET version = version + 1', []);
    const other = openPostgres(server.url);
    opened.push(other);
    await expect(other.query('SELECT 1', [])).rejects.toThrow(/newer Plimsoll/);
    await connection.query('UPDATE plimsoll_schema SET version = version - 1', []);
  });

  test('a connection that the server ends is opened again', async () => {
    const results = new PostgresResultStore<number>(connection);
    await results.put('before', 1);
    await connection.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()', []);
    await Promise.all([results.put('after', 2), results.put('after too', 3)]);
    expect(await results.getMany(['before', 'after', 'after too'])).toHaveProperty('size', 3);
  });

  test('the example of the README', async () => {
    await empty();
    expect(await keepAndUndo(server.url)).toEqual({ score: 4.2, undone: '/photos/boats.xmp' });
  });

  test('what is wrong is said without the password', async () => {
    const url = server.url.replace('//plimsoll@', '//plimsoll:secret@').replace(/\/[^/]*$/, '/nowhere');
    const wrong = openPostgres(url);
    opened.push(wrong);
    const said = await wrong.query('SELECT 1', []).catch(String);
    expect(said).toMatch(/127\.0\.0\.1:\d+\/nowhere cannot be used: there is no such database/);
    expect(said).not.toContain('secret');
  });
});

test('what is no address of a database is refused', () => {
  for (const url of ['results.db', 'mysql://x', 'postgres://[']) {
    expect(() => openPostgres(url)).toThrow(/not the address/);
  }
});

test('a server that is not there is said to be away', async () => {
  const connection = openPostgres(`postgres://me:secret@127.0.0.1:${await freePort()}/x`);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  await expect(connection.query('SELECT 1', [], { signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
  await connection.close();
});
