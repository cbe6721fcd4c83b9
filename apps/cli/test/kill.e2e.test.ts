import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { LibsqlMeasurementStore } from '@plimsoll/adapter-store';
import type { Measurement } from '@plimsoll/domain';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestUser } from './plimsoll.js';

const KILLS = 4;
const ITERATIONS = 3;

let user: TestUser;

beforeEach(async () => {
  user = await TestUser.create();
});
afterEach(() => user.remove());

/** The records that a comparison has kept so far. */
async function kept(): Promise<readonly Measurement[]> {
  const file = user.path('data', 'plimsoll', 'measurements.db');
  if ((await stat(file).catch(() => null)) === null) return [];
  const store = new LibsqlMeasurementStore(file);
  try {
    const records = await store.query({ limit: 10_000 });
    return records.filter(({ comparisonId }) => comparisonId !== null);
  } finally {
    await store.close();
  }
}

it('a comparison killed at any moment goes on and repeats nothing that was kept', async () => {
  const model = user.path('fable-f16.gguf');
  await copyFile(sampleModelPath(), model);
  const text = user.path('text.txt');
  await writeFile(text, (await readFile(sampleCorpusPath(), 'utf8')).slice(0, 8000));
  const flags = [
    '--make',
    '--text',
    text,
    '--iterations',
    String(ITERATIONS),
    '--max-tokens',
    '16',
    '--window',
    '128',
    '--json',
  ];
  const args = ['compare', model, '--levels', 'F16,Q8_0,Q4_0', ...flags];
  let before: readonly Measurement[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { child, ended } = user.start(args);
    const run = { over: false };
    void ended.then(() => (run.over = true));
    // From the next record on, at any moment of what follows.
    while (!run.over && (await kept()).length <= before.length) await wait(50);
    if (run.over) expect(await ended).toBe('still at work');
    await wait(Math.random() * 300);
    child.kill('SIGKILL');
    await ended;
    const after = await kept();
    const ids = new Set(after.map(({ id }) => id));
    expect(before.filter(({ id }) => !ids.has(id))).toEqual([]);
    before = after;
  }
  // Three levels are timed; the two that are not the reference are scored.
  const all = 3 * ITERATIONS + 2;
  expect(before.length).toBeGreaterThanOrEqual(KILLS);
  expect(before.length).toBeLessThan(all);

  const { code, stdout, stderr } = await user.plimsoll(args);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const document = JSON.parse(stdout) as { id: string; levels: { runs: { total: number } }[] };
  expect(document.levels.map(({ runs }) => runs.total)).toEqual([ITERATIONS, ITERATIONS, ITERATIONS]);
  const records = await kept();
  expect(records).toHaveLength(all);
  expect(new Set(records.map(({ comparisonId }) => comparisonId))).toEqual(new Set([document.id]));
  const ids = new Set(records.map(({ id }) => id));
  expect(before.filter(({ id }) => !ids.has(id))).toEqual([]);
}, 240_000);
