import type { Measurement } from '@plimsoll/domain';
import { InMemoryMeasurementStore, taskRecord } from '@plimsoll/testing';
import { describe, expect, it } from 'vitest';
import { everyKind, measurement } from '../../test/measurement.js';
import { readCsv, writeCsv } from './csv-text.js';
import { exportMeasurements } from './export-measurements.js';
import type { ExchangeFormat } from './export-measurements.js';
import { importMeasurements } from './import-measurements.js';

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function textOf(measurements: readonly Measurement[], format: ExchangeFormat): Promise<string> {
  return (await collect(exportMeasurements(measurements, format))).join('');
}

/** Bytes in small pieces that cut lines and letters. */
function pieces(text: string): readonly Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  return Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) => bytes.subarray(index * 7, index * 7 + 7));
}

describe.each(['jsonl', 'csv'] as const)('measurements as %s', (format) => {
  it('come back as they were, marked as foreign', async () => {
    const records = [...everyKind(), measurement({ timings: null, level: null, model: 'größer', atMs: 0 })];
    const store = new InMemoryMeasurementStore();
    const result = await importMeasurements(store, pieces(await textOf(records, format)), format);
    expect(result).toEqual({ accepted: records.length, refused: 0, refusedLines: [] });
    const foreign = [...records].sort((a, b) => b.atMs - a.atMs).map((record) => ({ ...record, foreign: true }));
    expect(await store.query()).toEqual(foreign);
  });

  it('leave answers to tasks here', async () => {
    const task = { id: 'own-1', passed: true, score: 0.5 };
    const text = await textOf([taskRecord({ task: { ...task, answer: 'a secret' } })], format);
    expect(text).toContain('own-1');
    expect(text).not.toMatch(/secret|answer/u);
  });

  it('leave texts of errors here', async () => {
    const failed = measurement({
      succeeded: false,
      errorCode: 'timeout',
      errorMessage: 'no answer from /home/me/secret',
    });
    const text = await textOf([failed], format);
    expect(text).toContain('timeout');
    expect(text).not.toContain('secret');
  });

  it('do not become foreign when they were here already', async () => {
    const store = new InMemoryMeasurementStore();
    const record = measurement();
    await store.append([record]);
    await importMeasurements(store, [await textOf([record], format)], format);
    expect(await store.query()).toEqual([record]);
  });

  it('are taken in beside wrong lines, which are named', async () => {
    const [good, bad] = [measurement(), measurement({ atMs: NaN })];
    const store = new InMemoryMeasurementStore();
    const text = (await textOf([bad, good], format)) + '{"half\n';
    const result = await importMeasurements(store, [text], format);
    expect(result).toMatchObject({ accepted: 1, refused: 2 });
    const [first] = result.refusedLines;
    expect(first?.line).toBe(format === 'csv' ? 2 : 1);
    expect(first?.reason).toMatch(/^atMs/u);
    expect(await store.query()).toHaveLength(1);
  });

  it('never hold more than a hundred reasons', async () => {
    const header = format === 'csv' ? await textOf([], 'csv') : '';
    const result = await importMeasurements(new InMemoryMeasurementStore(), [header + 'x\n'.repeat(1000)], format);
    expect([result.refused, result.refusedLines.length]).toEqual([1000, 100]);
  });
});

describe('importing a table', () => {
  it('refuses one without the columns', async () => {
    await expect(importMeasurements(new InMemoryMeasurementStore(), ['a,b\n1,2\n'], 'csv')).rejects.toMatchObject({
      code: 'invalid-input',
      message: /no column id, kind/u,
    });
  });

  it('takes one from before the operating point was kept whole', async () => {
    const record = measurement();
    const header = 'id,kind,atMs,model,variant,level,kvCache,contextTokens,gpuLayers,environment.backend';
    const more = 'environment.platform,succeeded,timings.totalMs,foreign';
    const cells = `${record.id},speed,5,tale:1b,tale-q4,Q4_K_M,q8_0,,12,fake,linux-x64,true,,false`;
    const store = new InMemoryMeasurementStore();
    const result = await importMeasurements(store, [`${header},${more}\n${cells}\n`], 'csv');
    expect(result).toEqual({ accepted: 1, refused: 0, refusedLines: [] });
    expect(await store.query()).toMatchObject([
      {
        kind: 'speed',
        shape: { keyCacheType: 'q8_0', valueCacheType: 'q8_0', placement: { gpuLayers: 12 } },
        timings: null,
        foreign: true,
      },
    ]);
  });

  it('reads quoted cells as RFC 4180 has them', async () => {
    const cells = ['plain', 'with, comma', 'with "quotes"', 'with\nlines', 'with\r', '', '"', 'größer'];
    const rows = async function* () {
      yield cells;
    };
    const text = (await collect(writeCsv(rows()))).join('');
    expect(await collect(readCsv(pieces(`\uFEFF${text}x,y\r\nlast "one"`)))).toEqual([
      cells,
      ['x', 'y'],
      ['last "one"'],
    ]);
  });

  it.each([
    ['does not end', '"x'],
    ['is longer than any of ours', `"${'x'.repeat(2 ** 21)}"`],
  ])('says which record %s', async (_what, wrong) => {
    const store = new InMemoryMeasurementStore();
    const table = await textOf([measurement()], 'csv');
    await expect(importMeasurements(store, [table, wrong], 'csv')).rejects.toMatchObject({
      code: 'invalid-input',
      message: /The table cannot be read/u,
    });
  });
});
