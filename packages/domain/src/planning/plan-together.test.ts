import { describe, expect, test } from 'vitest';
import { createFootprintModel } from '../footprint/footprint-model.js';
import type { TransformerShape } from '../model/__fixtures__/transformer-header.js';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { memoryBudget } from './budget.js';
import type { PlanRequest } from './plan-request.js';
import { planTogether } from './plan-together.js';

const GIB = 1024 ** 3;

function request(name: string, shape: TransformerShape, cards: readonly number[]): PlanRequest {
  const model = createFootprintModel(transformerHeader(shape));
  const devices = cards.map(
    (gib) => ({ name: 'card', memory: 'dedicated', totalBytes: gib * GIB, freeBytes: null }) as const,
  );
  return {
    model: { name, architecture: 'llama', parameters: 8e9, contextLength: 32768, source: 'test' },
    architecture: model.architecture,
    footprint: model.footprint,
    budget: memoryBudget({
      devices,
      host: { totalBytes: 64 * GIB, freeBytes: null },
      marginFraction: 0.1,
      limitBytes: null,
    }),
    machine: { devices: [], host: { bandwidthBytesPerSecond: null, fp16Tflops: null } },
    levels: ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M'],
    cacheTypes: [{ keyCacheType: 'f16', valueCacheType: 'f16' }],
    contexts: [4096],
  };
}

const three = (cards: readonly number[]): PlanRequest[] => [
  request('llama', SHAPES.llama31With8B, cards),
  request('gemma', SHAPES.gemma3With4B, cards),
  request('qwen', SHAPES.qwen25With7B, cards),
];

describe('several models at once', () => {
  test('each steps down as far as it must, and no further', () => {
    const plan = planTogether(three([24]));
    const used = plan.models!.reduce((sum, { candidate }) => sum + candidate.footprint.devices[0]!.totalBytes, 0);
    expect(used).toBeLessThanOrEqual(plan.budget.usableBytes);
    for (const [index, { candidate }] of plan.models!.entries()) {
      const levels = three([24])[index]!.levels;
      const better = levels[levels.indexOf(candidate.level) - 1];
      if (better === undefined) continue;
      const { architecture, footprint } = three([24])[index]!;
      const placement = { gpuLayers: architecture.layers + 1, split: [1], expertLayersOnHost: 0 };
      const more = footprint(better, { ...candidate.shape, placement }).devices[0]!.totalBytes;
      expect(used - candidate.footprint.devices[0]!.totalBytes + more).toBeGreaterThan(plan.budget.usableBytes);
    }
    expect(plan.reasons[0]).toMatchObject({ kind: 'resident', model: 'llama', device: 0, steppedDownFrom: 'F16' });
  });

  test('with room for all, all are at their best', () => {
    expect(planTogether(three([24, 24, 24])).models!.map(({ candidate }) => candidate.level)).toEqual([
      'F16',
      'F16',
      'F16',
    ]);
  });

  test('no device is overfilled', () => {
    const { models, budget } = planTogether(three([12, 8, 8]));
    for (const [index, device] of budget.devices.entries()) {
      const here = models!.filter((model) => model.device === index);
      const used = here.reduce((sum, { candidate }) => sum + candidate.footprint.devices[0]!.totalBytes, 0);
      expect(used).toBeLessThanOrEqual(device.usableBytes);
    }
  });

  test('what cannot all be resident says by how much', () => {
    const { models, shortBytes, reasons } = planTogether(three([8]));
    expect(models).toBeNull();
    expect(shortBytes).toBeGreaterThan(4 * GIB);
    expect(reasons).toMatchObject([{ kind: 'not-together', smallest: [{ model: 'llama', level: 'Q4_K_M' }, {}, {}] }]);
  });

  test('without a device they share the host', () => {
    const { models, budget } = planTogether(three([]));
    expect(models!.map(({ device }) => device)).toEqual([null, null, null]);
    const used = models!.reduce((sum, { candidate }) => sum + candidate.footprint.host.totalBytes, 0);
    expect(used).toBeLessThanOrEqual(budget.host.usableBytes!);
  });

  test('no model is no question', () => {
    expect(() => planTogether([])).toThrow(/0 models cannot be planned together/);
  });
});
