import {
  createFootprintModel,
  levelFileBytes,
  memoryBudget,
  presetTypes,
  recipeOverrides,
  wholeFit,
  type ModelHeader,
  type PlanRequest,
  type RecipeEntry,
} from '@plimsoll/domain';
import { describe, expect, it } from 'vitest';
import { SHAPES, transformerHeader } from '../../../domain/src/model/__fixtures__/transformer-header.js';
import type { MixPrecision } from './mix-precision.js';
import { planToFit } from './plan-to-fit.js';

const GIB = 1024 ** 3;

/** Fills the budget tensor by tensor, from the last or the first, so that the embedding is once large and once small. */
function filling(order: 'first' | 'last'): Pick<MixPrecision, 'plan'> {
  return {
    async plan(header, goal) {
      if (goal.kind !== 'bytes') throw new Error('A size is what it asks for.');
      const entries = new Map<string, RecipeEntry['type']>(header.tensors.map(({ name }) => [name, 'Q2_K']));
      const listed = (): RecipeEntry[] => [...entries].map(([tensor, type]) => ({ tensor, type }));
      const bytesAt = (type: RecipeEntry['type']): readonly number[] =>
        presetTypes(header, 'Q8_0', { overrides: [{ pattern: '.*', type }] }).tensors.map(({ bytes }) => bytes);
      const [small, large] = [bytesAt('Q2_K'), bytesAt('Q8_0')];
      let left = goal.bytes - fileBytes(header, listed());
      const indexes = header.tensors.map((_, i) => i);
      for (const i of order === 'first' ? indexes : indexes.reverse()) {
        const more = (large[i] ?? 0) - (small[i] ?? 0);
        if (more > left) continue;
        entries.set(header.tensors[i]?.name ?? '', 'Q8_0');
        left -= more;
      }
      const chosen = listed();
      return {
        ...{ entries: chosen, fileBytes: fileBytes(header, chosen), bitsPerWeight: 0, predictedLoss: 0 },
        ...{ preset: null, speed: null, groups: [], sizes: { presets: [], recipes: [] }, evaluations: 0 },
      };
    },
  };
}

const fileBytes = (header: ModelHeader, entries: readonly RecipeEntry[]): number =>
  levelFileBytes(header, 'Q8_0', { overrides: recipeOverrides(entries) });

function request(header: ModelHeader, gib: readonly number[], contextTokens: number): PlanRequest {
  const model = createFootprintModel(header);
  return {
    model: { name: 'm', architecture: 'llama', parameters: null, contextLength: null, source: 'test' },
    ...{ architecture: model.architecture, footprint: model.footprint, levels: ['Q8_0'], contexts: [contextTokens] },
    budget: memoryBudget({
      devices: gib.map((each, i) => ({
        name: `card ${i}`,
        memory: 'dedicated',
        totalBytes: each * GIB,
        freeBytes: null,
      })),
      host: { totalBytes: 64 * GIB, freeBytes: 48 * GIB },
      ...{ marginFraction: 0.1, limitBytes: null },
    }),
    machine: { devices: [], host: { bandwidthBytesPerSecond: 50e9, fp16Tflops: null } },
    cacheTypes: [{ keyCacheType: 'f16', valueCacheType: 'f16' }],
  };
}

describe('a recipe to fit a machine', () => {
  const llama = transformerHeader(SHAPES.llama31With8B);

  it.each([
    ['one card', [8], 'first'],
    ['one card, the embedding in RAM', [8], 'last'],
    ['two cards', [4, 6], 'first'],
    ['two cards, the embedding in RAM', [4, 6], 'last'],
  ] as const)('lies whole on %s and leaves little of it free', async (_what, gib, order) => {
    const asked = request(llama, gib, 16_384);
    const { plan, fit } = await planToFit(filling(order), llama, asked);
    const { tensors } = presetTypes(llama, 'Q8_0', { overrides: recipeOverrides(plan.entries) });
    const { shortBytes, footprint } = wholeFit(asked, createFootprintModel(llama), tensors);
    expect(shortBytes).toBe(0);
    const used = footprint.devices.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
    expect(fit.weightsBytes + fit.otherBytes).toBe(used);
    // 16,384 tokens of 32 layers with 8 heads of 128, keys and values, two bytes each.
    expect(fit.otherBytes).toBeGreaterThan(2 * 16_384 * 32 * 8 * 128 * 2);
    // Of two cards the one fills up first when all the large types lie in its layers.
    expect(used).toBeGreaterThan((gib.length === 1 ? 0.85 : 0.5) * fit.usableBytes);
  });

  it('is not looked for where even the smallest is too large, and the message says by how much', async () => {
    const none = { plan: () => Promise.reject(new Error('Nothing was to be measured.')) };
    await expect(planToFit(none, llama, request(llama, [4], 32_768))).rejects.toMatchObject({
      code: 'nothing-fits',
      message: expect.stringMatching(
        /No recipe fits card 0: .* with 32768 tokens .* GiB more than the 3\.\d+ GiB/,
      ) as string,
      hint: expect.stringContaining('--context') as string,
    });
  });

  it('is not looked for where the best type fits everywhere', async () => {
    const none = { plan: () => Promise.reject(new Error('Nothing was to be measured.')) };
    await expect(planToFit(none, llama, request(llama, [24], 8192))).rejects.toMatchObject({
      code: 'invalid-input',
      hint: expect.stringContaining('--to Q8_0') as string,
    });
  });
});
