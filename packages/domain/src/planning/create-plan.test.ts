import { describe, expect, test } from 'vitest';
import { findDevice } from '../devices/find-device.js';
import { isPlimsollError } from '../errors/plimsoll-error.js';
import { createFootprintModel } from '../footprint/footprint-model.js';
import type { TransformerShape } from '../model/__fixtures__/transformer-header.js';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { LEVEL_NAMES } from '../quantization/level.js';
import type { Level } from '../quantization/level.js';
import type { DeviceFound } from './budget.js';
import { memoryBudget } from './budget.js';
import { createPlan } from './create-plan.js';
import type { Plan } from './plan.js';
import type { PlanRequest } from './plan-request.js';

const GIB = 1024 ** 3;
const F16_CACHE = { keyCacheType: 'f16', valueCacheType: 'f16' } as const;
const Q8_CACHE = { keyCacheType: 'q8_0', valueCacheType: 'q8_0' } as const;
const USUAL: readonly Level[] = ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q3_K_M', 'Q2_K'];
const CARDS: Readonly<Record<number, string>> = { 8: 'RTX 4060', 12: 'RTX 3060', 16: 'RTX 4080', 24: 'RTX 4090' };

function request(shape: TransformerShape, cards: readonly number[], more: Partial<PlanRequest> = {}): PlanRequest {
  const model = createFootprintModel(transformerHeader(shape));
  const devices = cards.map((gib): DeviceFound => ({
    name: CARDS[gib] ?? 'card',
    memory: 'dedicated',
    totalBytes: gib * GIB,
    freeBytes: null,
  }));
  return {
    model: {
      name: 'llama3.1:8b',
      architecture: model.architecture.name,
      parameters: model.architecture.parameters,
      contextLength: model.architecture.contextTokens,
      source: 'test',
    },
    architecture: model.architecture,
    footprint: model.footprint,
    budget: memoryBudget({
      devices,
      host: { totalBytes: 64 * GIB, freeBytes: 48 * GIB },
      marginFraction: 0.1,
      limitBytes: null,
    }),
    machine: {
      devices: cards.map((gib) => findDevice(CARDS[gib] ?? 'RTX 4060').profile),
      host: { bandwidthBytesPerSecond: 50e9, fp16Tflops: null },
    },
    levels: USUAL,
    cacheTypes: [F16_CACHE],
    contexts: [8192],
    ...more,
  };
}

const llama = SHAPES.llama31With8B;
const plan = (cards: readonly number[], more: Partial<PlanRequest> = {}): Plan =>
  createPlan(request(llama, cards, more));
const chosen = (cards: readonly number[], more: Partial<PlanRequest> = {}): string | undefined =>
  plan(cards, more).recommended?.candidate.level;

describe('the founding table, decided from the footprints of Llama-3.1-8B', () => {
  test.each([
    [8, ['Q4_K_M', 'Q8_0']],
    [12, ['Q8_0', 'F16']],
    [16, ['F16', 'Q8_0']],
    [24, ['Q8_0', 'F16']],
  ])('%s GB take %s', (gib, levels) => {
    const recommended = plan([gib], { levels: ['F16', 'Q8_0', 'Q4_K_M'] }).recommended!;
    expect(levels).toContain(recommended.candidate.level);
    expect(recommended.candidate.fit).toBe('full');
  });

  test('a smaller model takes more bits on the same card', () => {
    const small = createPlan(request(SHAPES.gemma3With4B, [8], { levels: ['F16', 'Q8_0', 'Q4_K_M'] }));
    expect(small.recommended?.candidate.level).toBe('Q8_0');
    expect(chosen([8], { levels: ['F16', 'Q8_0', 'Q4_K_M'] })).toBe('Q4_K_M');
  });
});

describe('the recommendation', () => {
  test('gives its reasons with numbers, and what the next better level lacks', () => {
    const { candidate, reasons, nextBetter } = plan([8], { contexts: [12288] }).recommended!;
    expect(candidate.level).toBe('Q5_K_M');
    const { usableBytes } = plan([8]).budget;
    expect(reasons[0]).toMatchObject({
      kind: 'memory',
      level: 'Q5_K_M',
      contextTokens: 12288,
      whole: true,
      usableBytes,
    });
    expect(reasons[1]).toEqual({ kind: 'quality', level: 'Q5_K_M', quality: candidate.expected.quality });
    expect(reasons[2]).toMatchObject({ kind: 'speed', slow: false });
    expect(nextBetter?.level).toBe('Q6_K');
    expect(reasons.at(-1)).toMatchObject({
      kind: 'next-better',
      level: 'Q6_K',
      isChosenLevel: false,
      remedies: [{ kind: 'kv-cache', cacheType: 'q8_0' }, { kind: 'context' }, { kind: 'partial' }],
    });
  });

  test('says when a better level fits that was passed over for its speed, and offers it', () => {
    const levels: readonly Level[] = ['F16', 'Q4_K_M', 'IQ4_XS'];
    const slow = plan([12], { levels, goal: 'speed' }).recommended!;
    expect(slow.candidate.level).toBe('IQ4_XS');
    expect(slow.nextBetter).toMatchObject({ level: 'F16', skipsFitting: true });
    expect(slow.alternatives[0]).toMatchObject({ kind: 'better', level: 'Q4_K_M', fit: 'full' });
    expect(plan([8], { contexts: [12288] }).recommended?.nextBetter).toMatchObject({ skipsFitting: false });
  });

  test('takes a smaller cache where that buys a better level', () => {
    const { candidate } = plan([8], {
      goal: 'quality',
      contexts: [12288],
      cacheTypes: [F16_CACHE, Q8_CACHE],
    }).recommended!;
    expect([candidate.level, candidate.shape.keyCacheType]).toEqual(['Q6_K', 'q8_0']);
  });

  test('a remedy that is named really helps', () => {
    const { nextBetter } = plan([8], { contexts: [12288] }).recommended!;
    const remedy = nextBetter!.remedies.find(({ kind }) => kind === 'context');
    const contexts = remedy?.kind === 'context' ? [remedy.contextTokens] : [];
    expect(plan([8], { levels: ['Q6_K'], contexts }).candidates[0]!.fit).toBe('full');
    expect(plan([8], { levels: ['Q6_K'], contexts: [contexts[0]! + 256] }).candidates[0]!.fit).toBe('partial');
    expect(plan([8], { levels: ['Q6_K'], contexts: [12288], cacheTypes: [Q8_CACHE] }).candidates[0]!.fit).toBe('full');
  });

  test('follows the goal', () => {
    expect(chosen([24], { goal: 'quality' })).toBe('Q8_0');
    expect(chosen([24], { goal: 'speed' })).toBe('Q4_K_M');
    expect(chosen([24], { goal: 'balanced' })).toBe('Q6_K');
    expect(chosen([8], { goal: 'balanced' })).toBe('Q5_K_M');
  });

  test('meets the constraints', () => {
    expect(chosen([24], { constraints: { minDecodeTokensPerSecond: 100 } })).toBe('Q6_K');
    expect(chosen([24], { goal: 'speed', constraints: { maxPerplexityIncrease: 0.01 } })).toBe('Q5_K_M');
    expect(chosen([24], { goal: 'speed', constraints: { minSameTopToken: 0.96 } })).toBe('Q6_K');
    const long = plan([8], { contexts: [8192, 32768], constraints: { minContextTokens: 32768 } }).recommended!;
    expect(long.candidate.shape.contextTokens).toBe(32768);
  });

  test('with a cache whose cost nobody published, the level still decides, and nothing is made up', () => {
    const cache = { keyCacheType: 'q4_0', valueCacheType: 'q4_0' } as const;
    const { candidate } = plan([8], { goal: 'quality', cacheTypes: [cache] }).recommended!;
    expect(candidate.level).toBe('Q6_K');
    expect(candidate.expected.quality.meanKld).toBeNull();
    expect(candidate.expected.quality.cache).toEqual({ ...cache, addedKld: null });
    const both = plan([8], { cacheTypes: [cache, F16_CACHE] }).recommended!;
    expect(both.candidate.shape.keyCacheType).toBe('f16');
  });

  test('demands that nothing meets are named', () => {
    const { recommended, obstacles } = plan([8], { constraints: { minDecodeTokensPerSecond: 500 } });
    expect(recommended).toBeNull();
    expect(obstacles).toEqual([{ kind: 'demand', violation: 'too-slow', count: 7, fitting: 7 }]);
  });
});

describe('what does not fit whole', () => {
  const big = SHAPES.llama33With70B;

  test('is split, with its cost in speed', () => {
    const split = createPlan(request(big, [24], { levels: ['Q4_K_M'], contexts: [4096] }));
    const { candidate, reasons, nextBetter } = split.recommended!;
    const { gpuLayers } = candidate.shape.placement;
    expect(candidate.fit).toBe('partial');
    expect(gpuLayers).toBeGreaterThan(30);
    expect(gpuLayers).toBeLessThan(60);
    expect(candidate.expected.decodeTokensPerSecond.value!).toBeLessThan(3);
    expect(reasons).toContainEqual(expect.objectContaining({ kind: 'speed', slow: true }));
    expect(reasons).toContainEqual({
      kind: 'placement',
      gpuLayers,
      offloadableLayers: 81,
      experts: null,
      unified: false,
      shortBytes: candidate.shortBytes,
    });
    expect(nextBetter?.level).toBe('Q4_K_M');
    // One layer more would not fit.
    const more = createPlan(
      request(big, [24], { levels: ['Q4_K_M'], contexts: [4096], gpuLayers: [gpuLayers, gpuLayers + 1] }),
    );
    expect(more.candidates.map(({ fit }) => fit)).toEqual(['partial', 'none']);
  });

  test('where all are slow, speed counts beside quality', () => {
    const { candidate } = createPlan(request(big, [24], { contexts: [4096] })).recommended!;
    expect(candidate.level).toBe('Q3_K_M');
  });

  test('a speed is expected only of what fits', () => {
    const { candidates } = createPlan(request(big, [8], { levels: ['F16'] }));
    expect(candidates.map(({ fit, expected }) => [fit, expected.decodeTokensPerSecond.value])).toEqual([
      ['none', null],
    ]);
  });

  test('a mixture of experts may keep them on the host', () => {
    const moe = createPlan(request(SHAPES.qwen3With30BA3B, [12], { levels: ['Q4_K_M'], contexts: [4096] }));
    const { candidate, reasons } = moe.recommended!;
    const { expertLayersOnHost, gpuLayers } = candidate.shape.placement;
    expect(candidate.fit).toBe('partial');
    expect(gpuLayers).toBe(49);
    expect(expertLayersOnHost).toBeGreaterThan(10);
    expect(expertLayersOnHost).toBeLessThan(48);
    expect(reasons).toContainEqual(
      expect.objectContaining({
        kind: 'placement',
        gpuLayers: 49,
        offloadableLayers: 49,
        experts: { onHost: expertLayersOnHost, layers: 48 },
      }),
    );
  });

  test('the layers whose experts stay on the host can be said', () => {
    const said = request(SHAPES.qwen3With30BA3B, [24], {
      levels: ['Q4_K_M'],
      contexts: [4096],
      expertLayersOnHost: 20,
    });
    const [candidate] = createPlan(said).candidates;
    expect(candidate?.shape.placement).toEqual({ gpuLayers: 49, split: [1], expertLayersOnHost: 20 });
    expect(candidate?.fit).toBe('partial');
    expect(createPlan({ ...said, gpuLayers: [10] }).candidates[0]?.shape.placement.gpuLayers).toBe(10);
    expect(createPlan({ ...said, expertLayersOnHost: 0 }).candidates[0]?.fit).toBe('full');
  });

  test('nothing fits: no recommendation, and by how much it misses', () => {
    const tiny = createPlan({
      ...request(big, []),
      budget: memoryBudget({
        devices: [],
        host: { totalBytes: 8 * GIB, freeBytes: null },
        marginFraction: 0.1,
        limitBytes: null,
      }),
    });
    expect(tiny.recommended).toBeNull();
    expect(tiny.obstacles).toMatchObject([{ kind: 'nothing-fits', level: 'Q2_K', suitable: { where: 'host' } }]);
    expect(tiny.candidates.every(({ shortBytes }) => shortBytes > 20 * GIB)).toBe(true);
  });

  test('the host alone holds it when there is no device', () => {
    const { candidate } = plan([]).recommended!;
    expect(candidate.fit).toBe('full');
    expect(candidate.shape.placement).toEqual({ gpuLayers: 0, split: [], expertLayersOnHost: 0 });
    expect(candidate.expected.decodeTokensPerSecond.value!).toBeGreaterThan(2);
  });

  test('two cards hold together what neither holds alone', () => {
    expect(chosen([8, 8], { levels: ['Q8_0'] })).toBe('Q8_0');
    const { candidate } = plan([8, 8], { levels: ['Q8_0'] }).recommended!;
    expect(candidate.fit).toBe('full');
    expect(candidate.footprint.devices).toHaveLength(2);
    expect(plan([8], { levels: ['Q8_0'] }).candidates[0]!.fit).toBe('partial');
  });
});

describe('the largest context of a level', () => {
  test('grows as bytes are saved, and is exact', () => {
    const { largestContexts } = plan([12], { cacheTypes: [F16_CACHE, Q8_CACHE] });
    const of = (level: Level, cache: string): number =>
      largestContexts.find((entry) => entry.level === level && entry.keyCacheType === cache)!.contextTokens!;
    expect(of('Q4_K_M', 'f16')).toBeGreaterThan(of('Q8_0', 'f16'));
    expect(of('Q8_0', 'q8_0')).toBeGreaterThan(1.7 * of('Q8_0', 'f16'));
    const longest = of('Q8_0', 'f16');
    const fits = plan([12], { levels: ['Q8_0'], contexts: [longest, longest + 256] }).candidates.map(({ fit }) => fit);
    expect(fits).toEqual(['full', 'partial']);
  });

  test('is unknown where not even the shortest fits, and ends where training ended', () => {
    expect(plan([8]).largestContexts[0]).toMatchObject({ level: 'F16', contextTokens: null });
    const roomy = createPlan(request(SHAPES.gemma3With4B, [24]));
    expect(roomy.largestContexts.at(-1)?.contextTokens).toBe(SHAPES.gemma3With4B.context);
  });
});

describe('the Pareto front', () => {
  test('holds what nothing beats in quality, speed and context', () => {
    const { candidates } = plan([24], {
      levels: LEVEL_NAMES.filter((level) => level !== 'NVFP4'),
      contexts: [4096, 8192],
    });
    const known = candidates.filter(({ fit, expected }) => fit !== 'none' && expected.quality.meanKld !== null);
    for (const candidate of known) {
      const at = ({ expected, shape }: typeof candidate): readonly [number, number, number] => [
        expected.quality.meanKld!,
        -expected.decodeTokensPerSecond.value!,
        -shape.contextTokens,
      ];
      const mine = at(candidate);
      const beaten = known.some((other) => {
        const theirs = at(other);
        return theirs.every((value, axis) => value <= mine[axis]!) && theirs.some((value, axis) => value < mine[axis]!);
      });
      expect(candidate.pareto, `${candidate.level} ${candidate.shape.contextTokens}`).toBe(!beaten);
    }
    expect(candidates.filter(({ pareto }) => pareto).length).toBeGreaterThan(4);
  });
});

describe('what was learned', () => {
  test('measured speed is shown before any prior', () => {
    const seen = { value: 33.3, source: 'measured', relativeSpread: 0.02, observations: 5 } as const;
    const unknown = { value: null, source: 'unknown', relativeSpread: null, observations: 0 } as const;
    const { candidates } = plan([8], {
      measuredSpeed: ({ level }) => ({ decode: level === 'Q4_K_M' ? seen : unknown, prefill: unknown }),
    });
    const speed = (level: Level): string =>
      candidates.find((candidate) => candidate.level === level)!.expected.decodeTokensPerSecond.source;
    expect([speed('Q4_K_M'), speed('Q5_K_M')]).toEqual(['measured', 'prior']);
  });

  test("a driver's overhead counts against the budget, but is not part of the footprint", () => {
    const correction = { overheadBytes: GIB, factor: 1, spreadBytes: 0, observations: 9, basis: 'device' } as const;
    const [without, with_] = [plan([8], { contexts: [12288] }), plan([8], { contexts: [12288], correction })];
    expect(with_.recommended?.candidate.level).toBe('Q4_K_M');
    expect(without.recommended?.candidate.level).toBe('Q5_K_M');
    expect(with_.candidates[6]!.footprint).toEqual(without.candidates[6]!.footprint);
    expect(with_.candidates[6]!.overheadBytes).toBe(GIB);
  });
});

describe('bad requests', () => {
  test.each([
    [{ contexts: [0] }, /cannot be 0/],
    [{ contexts: [Number.NaN] }, /cannot be NaN/],
    [{ parallel: [-1] }, /cannot be -1/],
    [{ levels: [] }, /at least one level/],
    [{ gpuLayers: [1.5] }, /not a number of layers/],
    [{ expertLayersOnHost: -1 }, /not a number of layers/],
    [{ expertLayersOnHost: 3 }, /no experts/],
  ] as const)('%j', (more, message) => {
    let failure: unknown = null;
    try {
      plan([8], more);
    } catch (error) {
      failure = error;
    }
    expect(isPlimsollError(failure) && `${failure.code}: ${failure.message}`).toMatch(message);
    expect(isPlimsollError(failure) && failure.code).toBe('invalid-input');
  });

  test('layers on devices are refused where there is none', () => {
    expect(() => plan([], { gpuLayers: [5] })).toThrow('no device that could hold layers');
    expect(plan([], { gpuLayers: [0] }).recommended).not.toBeNull();
  });

  test('a level that cannot be made is left out; alone, it is refused', () => {
    expect(plan([8], { levels: ['NVFP4', 'Q4_K_M'] }).candidates.map(({ level }) => level)).toEqual(['Q4_K_M']);
    expect(() => plan([8], { levels: ['NVFP4'] })).toThrow(/NVFP4/);
  });
});
