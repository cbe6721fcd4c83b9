import { SAMPLE_MODEL, sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { writeReranker } from '@plimsoll/testing';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareLevels } from '../examples/compare-levels.js';
import { askTwice } from '../examples/the-founding-client.js';
import { InvalidInputError, createPlimsoll } from '../src/index.js';
import type { Level } from '../src/index.js';

let folder: string;
const model = `${SAMPLE_MODEL.name}-f16`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-sdk-'));
  await copyFile(sampleModelPath(), path.join(folder, `${model}.gguf`));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = () =>
  createPlimsoll({
    settings: { backend: 'embedded', modelsFolder: folder, storeFile: path.join(folder, 'measurements.db') },
  });

test('the example asks at 4 and at 8 bits; missing variants are made, calls recorded', async () => {
  const lines: string[] = [];
  await askTwice(model, folder, (line) => lines.push(line));
  expect(lines).toEqual([
    expect.stringMatching(/^fable-5m-Q4_K_M: \S/),
    expect.stringMatching(/^fable-5m-Q8_0: \S/),
    expect.stringContaining('1 call, success rate 1'),
    expect.stringContaining('1 call, success rate 1'),
  ]);
});

test('the example compares full, 8 and 4 bits, the reference first', async () => {
  const plimsoll = await open();
  try {
    const text = (await readFile(sampleCorpusPath(), 'utf8')).slice(0, 6000);
    const lines = await compareLevels(plimsoll, model, text);
    expect(lines.map((line) => line.split(':')[0])).toEqual(['F16', 'Q8_0', 'Q4_K_M']);
    expect(lines[0]).toContain('agreement 100.0 %');
  } finally {
    await plimsoll.close();
  }
});

test('models are listed and checked; wrong bits are refused; settings stay in this client', async () => {
  const plimsoll = await open();
  try {
    expect((await plimsoll.listModels()).map(({ name }) => name)).toContain(model);
    expect(await plimsoll.checkModelExists(model)).toBe(true);
    expect(await plimsoll.checkModelExists('no-such-model')).toBe(false);
    await expect(plimsoll.setQuantization(true, 5)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(await plimsoll.setQuantization(false)).toMatchObject({ enabled: false });
    expect(await (await open()).getQuantizationSettings()).toMatchObject({ enabled: true });
    const plain = await plimsoll.generate(model, 'Once', { maxTokens: 2 });
    expect(plain).toMatchObject({ variant: model, level: 'F16' });
  } finally {
    await plimsoll.close();
  }
});

test('after closing every call throws, and a level that is none is a clear error', async () => {
  const plimsoll = await open();
  const level = 'Q9' as Level;
  const refused = await plimsoll.generate(model, 'Once', { level }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InvalidInputError);
  expect(refused).toMatchObject({ message: '"Q9" is not a quantization level.' });
  await expect(plimsoll.compareQuantization(model, { levels: [level] })).rejects.toThrow('"Q9"');
  await expect(plimsoll.plan({ model, levels: [level] })).rejects.toThrow('"Q9"');
  await plimsoll.close();
  await expect(plimsoll.generate(model, 'Once')).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(plimsoll.listModels()).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(plimsoll.getQuantizationSettings()).rejects.toMatchObject({ code: 'invalid-input' });
});

test('documents are ranked, the best first, by a model that was trained for it', async () => {
  await writeReranker(path.join(folder, 'ranker.gguf'), 'qwen3');
  const plimsoll = await open();
  try {
    const documents = ['the fox runs', 'a crow', 'kings.'];
    await plimsoll.setQuantization(false);
    const ranked = await plimsoll.rerank('ranker', 'a fox', documents);
    // As llama-server scores them.
    expect(ranked.results.map(({ index }) => index)).toEqual([1, 0, 2]);
    expect(ranked.results[0]?.score).toBeCloseTo(0.8959, 3);
    expect(ranked).toMatchObject({ schema: 'plimsoll.rerank/1', variant: { name: 'ranker' } });
    await expect(plimsoll.rerank(model, 'a fox', documents)).rejects.toMatchObject({ code: 'capability-missing' });
    await expect(plimsoll.rerank('ranker', 'a fox', [])).rejects.toMatchObject({ code: 'invalid-input' });
  } finally {
    await plimsoll.close();
  }
});

test('a plan tells what fits on a described card', async () => {
  const plimsoll = await open();
  try {
    const { schema, recommended, candidates } = await plimsoll.plan({ model, vramBytes: 8 * 1024 ** 3 });
    expect(schema).toBe('plimsoll.plan/1');
    expect(candidates.find(({ level }) => level === recommended?.level)?.fit).toBe('full');
  } finally {
    await plimsoll.close();
  }
});
