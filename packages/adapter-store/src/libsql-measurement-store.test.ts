import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MeasurementFilter } from '@plimsoll/domain';
import { InMemoryMeasurementStore, speedRecord, taskRecord } from '@plimsoll/testing';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import { everyKind, measurement } from '../test/measurement.js';
import { openStore, storeFile } from '../test/store-file.js';
import { currentRecord } from './current-record.js';
import { MIGRATIONS } from './database/migrations.js';
import { storeError } from './database/store-error.js';

describe('keeping measurements', () => {
  it('gives back what was appended, newest first, also after opening again', async () => {
    const path = storeFile();
    const first = openStore(path);
    const kept = everyKind();
    await first.append(kept);
    const newestFirst = kept.toReversed();
    expect(await first.query()).toEqual(newestFirst);
    await first.close();
    expect(await openStore(path).query()).toEqual(newestFirst);
  });

  it('keeps the answer to a task', async () => {
    const store = openStore();
    const record = taskRecord({ task: { id: 'sum', passed: true, score: null, answer: '4\n<b>"é"' } });
    await store.append([record]);
    expect(await store.query()).toEqual([record]);
  });

  it('keeps the first of two with one id', async () => {
    const store = openStore();
    const record = measurement();
    await store.append([record]);
    await store.append([{ ...record, model: 'other' }, record]);
    expect(await store.query()).toEqual([record]);
  });

  it('keeps what two stores append to one file', async () => {
    const path = storeFile();
    const [one, other] = [openStore(path), openStore(path)];
    const records = Array.from({ length: 100 }, () => measurement());
    await Promise.all(records.map(async (record, index) => (index % 2 === 0 ? one : other).append([record])));
    expect(await one.query()).toHaveLength(100);
  });

  it('waits for another process that is writing', async () => {
    const path = storeFile();
    const store = openStore(path);
    await store.append([measurement()]);
    const other = new Libsql(path);
    other.exec('BEGIN IMMEDIATE');
    const appending = store.append([measurement()]);
    setTimeout(() => other.exec('COMMIT'), 200);
    await appending;
    other.close();
    expect(await store.query()).toHaveLength(2);
  });
});

describe('records of the first format', () => {
  const { shape, ...rest } = measurement({ id: 'old', digest: 'sha256:abc' });
  const first = {
    ...rest,
    ...{ kvCache: 'q8_0', contextTokens: 4096, gpuLayers: 12 },
    ...{ quality: null, footprint: null, predictedSpeed: null, task: null },
  };
  const today = {
    ...rest,
    shape: { keyCacheType: 'q8_0', valueCacheType: 'q8_0', contextTokens: 4096, placement: { gpuLayers: 12 } },
  };

  it('are rewritten when the file is opened', async () => {
    expect(shape).not.toEqual(today.shape);
    const path = storeFile();
    await openStore(path).append([measurement({ id: 'old', atMs: rest.atMs, digest: 'sha256:abc' })]);
    const database = new Libsql(path);
    database.prepare('UPDATE measurements SET record = ?').run(JSON.stringify(first));
    database.exec('PRAGMA user_version = 1');
    database.close();
    expect(await openStore(path).query()).toEqual([today]);
    const reopened = new Libsql(path);
    const { record } = reopened.prepare('SELECT record FROM measurements').get() as { readonly record: string };
    reopened.close();
    expect(JSON.parse(record)).toEqual(today);
  });

  it('of every kind become what they are of', () => {
    const { timings } = measurement();
    const empty = {
      timings: null,
      quality: null,
      footprint: null,
      kvCache: null,
      contextTokens: null,
      gpuLayers: null,
    };
    const old = (kind: string, more: object): unknown => currentRecord({ id: 'a', kind, ...empty, ...more });
    expect(old('quality', { quality: { meanKld: 1 } })).toEqual({
      ...{ id: 'a', kind: 'quality', quality: { meanKld: 1 }, shape: {} },
    });
    expect(old('speed', { timings })).toEqual({
      ...{ id: 'a', kind: 'speed', timings, predictedSpeed: null, footprint: null, shape: {} },
    });
    expect(currentRecord({ kind: 'unheard-of' })).toEqual({ kind: 'unheard-of' });
    expect(currentRecord(['no record'])).toEqual(['no record']);
  });
});

describe('asking', () => {
  const records = [
    measurement({ id: 'a', atMs: 1, model: 'x', level: 'Q8_0', comparisonId: 'c1', foreign: true }),
    speedRecord(40, { id: 'b', atMs: 3, model: 'y', variant: 'v', digest: 'sha256:2' }),
    measurement({ id: 'c', atMs: 2, architecture: 'gemma3', level: null, succeeded: false, timings: null }),
    measurement({ id: 'd', atMs: 2, environment: { ...measurement().environment, backend: 'embedded', device: null } }),
  ];
  const filters: readonly MeasurementFilter[] = [
    {},
    { kind: 'speed' },
    { model: 'x' },
    { variant: 'v' },
    { level: 'Q8_0' },
    { digest: 'sha256:2' },
    { digests: ['sha256:2', 'sha256:3'] },
    { digests: [] },
    { architecture: 'gemma3' },
    { backend: 'embedded' },
    { device: 'GPU' },
    { comparisonId: 'c1' },
    { foreign: true },
    { foreign: false, sinceMs: 2 },
    { limit: 2 },
    { model: "' OR 1=1 --" },
  ];

  it.each(filters)('finds what the store in memory finds: %j', async (filter) => {
    const [store, memory] = [openStore(), new InMemoryMeasurementStore()];
    await Promise.all([store.append(records), memory.append(records)]);
    expect(await store.query(filter)).toEqual(await memory.query(filter));
    expect(await store.aggregate(filter)).toEqual(await memory.aggregate(filter));
  });

  it('walks a long history in pages without losing or repeating a row', async () => {
    const store = openStore();
    const many = Array.from({ length: 2500 }, (_, index) => measurement({ id: `n${index}`, atMs: index % 7 }));
    await store.append(many);
    const found = await store.query({ limit: 10_000 });
    expect(new Set(found.map(({ id }) => id)).size).toBe(2500);
    expect(found.map(({ atMs }) => atMs)).toEqual(found.map(({ atMs }) => atMs).sort((a, b) => b - a));
    expect(await store.query()).toHaveLength(1000);
    expect((await store.aggregate()).map(({ total }) => total)).toEqual([2500]);
  });

  it('gives other work its turn during long questions', async () => {
    const store = openStore();
    await store.append(Array.from({ length: 5000 }, (_, index) => measurement({ id: `n${index}` })));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await store.aggregate();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });
});

describe('files that cannot be used', () => {
  it('names a damaged file and the way out, and leaves it alone', async () => {
    const path = storeFile();
    mkdirSync(dirname(path));
    writeFileSync(path, 'this is no database'.repeat(500));
    const before = readFileSync(path);
    await expect(openStore(path).query()).rejects.toMatchObject({
      code: 'storage-failed',
      message: /damaged/u,
      hint: /measurements\.db\.damaged/u,
    });
    expect(readFileSync(path)).toEqual(before);
  });

  it('refuses a file of a newer version', async () => {
    const path = storeFile();
    const store = openStore(path);
    await store.append([measurement()]);
    await store.close();
    const database = new Libsql(path);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    database.close();
    await expect(openStore(path).query()).rejects.toMatchObject({
      code: 'storage-failed',
      message: /newer Plimsoll/u,
      hint: /Update Plimsoll/u,
    });
  });

  it('names a place where no file can be made', async () => {
    const path = storeFile();
    mkdirSync(dirname(path));
    writeFileSync(path, '');
    await expect(openStore(`${path}/below/a/file.db`).query()).rejects.toMatchObject({
      code: 'storage-failed',
      message: /cannot be opened for writing/u,
      hint: /store\.file/u,
    });
    await expect(openStore(dirname(path)).query()).rejects.toMatchObject({ code: 'storage-failed' });
  });

  it.each([
    ['SQLITE_FULL', 'storage-failed', /disk is full/u],
    ['SQLITE_READONLY', 'storage-failed', /opened for writing/u],
    ['EROFS', 'storage-failed', /opened for writing/u],
    ['SQLITE_CORRUPT', 'storage-failed', /damaged/u],
    ['SQLITE_BUSY', 'busy', /another program holds it/u],
  ])('says what %s means', (code, ours, message) => {
    const cause = Object.assign(new Error('underneath'), { code });
    expect(storeError('/x.db', cause)).toMatchObject({ code: ours, message, cause });
  });

  it('can be used again when the reason is gone', async () => {
    const path = storeFile();
    const store = openStore(path);
    mkdirSync(dirname(path));
    writeFileSync(path, 'x'.repeat(5000));
    await expect(store.query()).rejects.toThrow();
    writeFileSync(path, '');
    await store.append([measurement()]);
    expect(await store.query()).toHaveLength(1);
  });
});
