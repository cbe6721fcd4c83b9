import { expect, test } from 'vitest';
import { findDevice } from '../devices/find-device.js';
import { createFootprintModel } from '../footprint/footprint-model.js';
import { ladderOf } from '../governor/ladder.js';
import { rungsOfPlan } from '../governor/rungs-of-plan.js';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import type { RecipeMeasurement } from '../quantization/file-recipe.js';
import { presetTypes } from '../quantization/preset.js';
import { memoryBudget } from './budget.js';
import { createPlan } from './create-plan.js';
import type { Plan, PlanCandidate } from './plan.js';
import type { PlanRequest } from './plan-request.js';
import { rankingLoss } from './ranking-loss.js';

const GIB = 1024 ** 3;
const RECIPE = 'mixed-4.89bpw';
const header = transformerHeader(SHAPES.llama31With8B);
/** As many bytes as Q4_K_M has. */
const { tensors } = presetTypes(header, 'Q4_K_M');
const measured: RecipeMeasurement = { meanKld: 0.004, preset: { level: 'Q4_K_M', meanKld: 0.006 } };

function planWith(recipe: RecipeMeasurement | null, more: Partial<PlanRequest> = {}): Plan {
  const model = createFootprintModel(header, { recipes: new Map([[RECIPE, tensors]]) });
  return createPlan({
    model: { name: 'm', architecture: 'llama', parameters: 8e9, contextLength: 131072, source: 'test' },
    architecture: model.architecture,
    footprint: model.footprint,
    budget: memoryBudget({
      devices: [{ name: 'RTX 4060', memory: 'dedicated', totalBytes: 8 * GIB, freeBytes: null }],
      host: { totalBytes: 64 * GIB, freeBytes: 48 * GIB },
      marginFraction: 0.1,
      limitBytes: null,
    }),
    machine: { devices: [findDevice('RTX 4060').profile], host: { bandwidthBytesPerSecond: 50e9, fp16Tflops: null } },
    levels: ['Q5_K_M', RECIPE, 'Q4_K_M'],
    cacheTypes: [{ keyCacheType: 'f16', valueCacheType: 'f16' }],
    contexts: [8192],
    variantOf: (level) => ({ name: `m-${level}`, status: 'local' }),
    recipeOf: () => recipe,
    ...more,
  });
}

const at = ({ candidates }: Plan, level: string): PlanCandidate => candidates.find((one) => one.level === level)!;

test('bytes are those of its own tensors, and its loss is what was measured of it', () => {
  const plan = planWith(measured);
  expect(at(plan, RECIPE).footprint).toEqual(at(plan, 'Q4_K_M').footprint);
  expect(at(plan, RECIPE).expected.quality).toMatchObject({
    ...{ meanKld: 0.004, perplexityIncrease: null, sameTopToken: null, source: 'measured' },
    basis: { kind: 'recipe', preset: { level: 'Q4_K_M', meanKld: 0.006 } },
  });
});

test('it is put in order by what it saves of the loss of its preset, which is better known than either figure', () => {
  const plan = planWith(measured);
  expect(rankingLoss(at(plan, RECIPE))).toBeCloseTo((rankingLoss(at(plan, 'Q4_K_M')) * 2) / 3, 10);
  // Its own figure alone would put it before a level of more bits, of which only another model's loss is known.
  expect(rankingLoss(at(plan, RECIPE))).toBeGreaterThan(rankingLoss(at(plan, 'Q5_K_M')));
});

test('a cache adds to both figures', () => {
  const cacheTypes = [{ keyCacheType: 'q8_0', valueCacheType: 'q8_0' }] as const;
  const [f16, q8] = [at(planWith(measured), RECIPE), at(planWith(measured, { cacheTypes }), RECIPE)];
  expect(rankingLoss(q8) - rankingLoss(f16)).toBeCloseTo(0.00098, 10);
  expect(q8.expected.quality.meanKld).toBeCloseTo(0.00498, 10);
});

test('one of which nothing was measured has no figure, and is not recommended', () => {
  const plan = planWith(null);
  expect(at(plan, RECIPE).expected.quality).toMatchObject({ meanKld: null, source: 'unknown' });
  expect(plan.recommended?.candidate.level).not.toBe(RECIPE);
});

test("the governor's ladder has the recipe in place of the preset of its size", () => {
  const names = (recipe: RecipeMeasurement | null): readonly string[] =>
    ladderOf(rungsOfPlan(planWith(recipe).candidates, ['gpu'])).map(({ variant }) => variant);
  expect(names(measured)).toEqual(['m-Q5_K_M', `m-${RECIPE}`]);
  expect(names({ ...measured, meanKld: 0.007 })).toEqual(['m-Q5_K_M', 'm-Q4_K_M']);
  expect(names(null)).toEqual(['m-Q5_K_M', 'm-Q4_K_M']);
});

test('a recipe that is not here cannot be planned with', () => {
  expect(() => planWith(null, { levels: ['mixed-3.00bpw'] })).toThrow('No variant mixed-3.00bpw of this model is here');
});
