import {
  FakeVariantBuilder,
  FixedGpuProbe,
  FixedHostProbe,
  InMemoryMeasurementStore,
  InMemoryModelCatalog,
  InMemoryModelRuntime,
  ManualClock,
  RecordingEventBus,
  gpuReading,
  installedVariant,
} from '@plimsoll/testing';
import { baseName, variantName } from '@plimsoll/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import { EnsureVariant } from '../variants/ensure-variant.js';
import { CompareLevels } from './compare-levels.js';
import type { CompareProgress, CompareRequest } from './compare-request.js';

const REQUEST: CompareRequest = {
  model: 'tale:1b',
  levels: ['Q4_K_M'],
  reference: 'F16',
  kvCaches: [],
  iterations: 2,
  prompt: 'Tell a tale.',
  maxTokens: 16,
  depths: [200, 1000],
  concurrency: [4],
  text: null,
  windowTokens: 16,
  make: true,
};

let runtime: InMemoryModelRuntime;
let store: InMemoryMeasurementStore;
let clock: ManualClock;
let failing: boolean;

const useCase = (gpu = new FixedGpuProbe()): CompareLevels => {
  let ids = 0;
  const prefix = Math.random().toString(36);
  const recorder = new MeasurementRecorder(store, runtime, gpu, new FixedHostProbe(), clock, () => `${prefix}${++ids}`);
  const ensure = new EnsureVariant(
    runtime,
    new InMemoryModelCatalog(runtime),
    [new FakeVariantBuilder(runtime)],
    (model, level) => variantName(baseName(model), level),
    new RecordingEventBus(),
  );
  const digest = (text: string): string => String(text.length);
  return new CompareLevels({
    runtime,
    ensure,
    logits: null,
    planner: null,
    store,
    recorder,
    gpu,
    host: new FixedHostProbe(),
    clock,
    digest,
  });
};

const prompts = (): readonly string[] =>
  runtime.requests.flatMap(({ input }) => (input.kind === 'prompt' ? [input.prompt] : []));

beforeEach(() => {
  clock = new ManualClock();
  failing = false;
  store = new InMemoryMeasurementStore();
  runtime = new InMemoryModelRuntime({
    variants: [installedVariant({ name: 'tale:1b-fp16', level: 'F16', sizeBytes: 400 })],
    millisecondsPerToken: (variant) => (variant.includes('q4') ? 1 : 4),
    beforeGenerate: ({ input }) => {
      clock.advance(10);
      if (failing && input.kind === 'prompt' && input.prompt.length > 3000) throw new Error('the context is full');
    },
  });
});

describe('speed under conditions', () => {
  test('each depth and each number of generations is measured for every level', async () => {
    const { levels } = await useCase().compare(REQUEST);
    for (const { depths, concurrency, runs } of levels) {
      expect(runs.total).toBe(2);
      expect(depths?.map(({ depthTokens }) => depthTokens)).toEqual([200, 1000]);
      expect(concurrency?.map((one) => one.concurrency)).toEqual([4]);
    }
    expect(levels[1]?.depths?.[0]?.decodeTokensPerSecond?.median).toBeCloseTo(1000);
    // Four times 16 tokens while the clock went on by 10 ms for each of the four.
    expect(levels[0]?.concurrency?.[0]?.totalTokensPerSecond?.median).toBeCloseTo(64 / 0.04);
  });

  test('prompts grow with the depth by the tokens that the warm-up had, and no two begin alike', async () => {
    await useCase().compare(REQUEST);
    const deep = prompts().filter((prompt) => prompt.includes('1000, 1 of 1'));
    // The fake counts five tokens for any prompt: the warm-up "Warming up 0. Tell a tale." has 26 letters.
    expect(deep.map(({ length }) => length)).toEqual(deep.map(() => (1000 * 26) / 5));
    const perLevel = prompts().length / 2;
    expect(new Set(prompts().map((prompt) => prompt.slice(0, 40))).size).toBe(perLevel);
  });

  test('a depth of 0 is a few words, and still no two prompts begin alike', async () => {
    const { levels } = await useCase().compare({ ...REQUEST, depths: [0], concurrency: [] });
    expect(levels[0]?.depths).toMatchObject([{ depthTokens: 0, promptTokens: 5 }]);
    const shallow = prompts().filter((prompt) => prompt.includes(', 0, 1 of 1'));
    expect(new Set(shallow)).toEqual(new Set(['Run 1, 0, 1 of 1.', 'Run 2, 0, 1 of 1.']));
  });

  test('the context holds the deepest prompt and the answer', async () => {
    await useCase().compare(REQUEST);
    const contexts = runtime.requests.flatMap(({ load }) => load?.contextTokens ?? []);
    expect(Math.min(...contexts)).toBeGreaterThanOrEqual(1016);
  });

  test('a depth that does not fit counts as failed there, and the others go on', async () => {
    failing = true;
    const { levels } = await useCase().compare(REQUEST);
    expect(levels[0]?.depths?.map(({ failed, decodeTokensPerSecond }) => [failed, decodeTokensPerSecond])).toEqual([
      [0, expect.anything()],
      [2, null],
    ]);
    expect(levels[0]?.concurrency?.[0]?.failed).toBe(0);
  });

  test('an interrupted comparison repeats no condition that was kept', async () => {
    const abort = new AbortController();
    const onProgress = ({ phase, fraction }: CompareProgress): void => {
      if (phase === 'speed' && fraction > 0.4) abort.abort();
    };
    await expect(useCase().compare(REQUEST, { signal: abort.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    const before = (await store.query({})).length;
    expect(before).toBeGreaterThan(0);
    await useCase().compare(REQUEST);
    const all = await store.query({});
    expect(all).toHaveLength(2 * 2 * (1 + 3));
    expect(new Set(all.map(({ comparisonId }) => comparisonId)).size).toBe(1);
  });

  test('energy, heat and throttling of the runs are told', async () => {
    const reading = gpuReading({ deviceId: 'a', temperatureC: 83, thermalThrottling: true, powerW: 200 });
    const { levels } = await useCase(new FixedGpuProbe([], [reading])).compare(REQUEST);
    expect(levels[0]?.speed).toMatchObject({ temperatureC: 83, throttled: true });
    // 200 W over the 10 ms of a run are 2 J, for 16 tokens.
    expect(levels[0]?.speed.energyJPerToken).toBeCloseTo(2 / 16);
    expect(levels[0]?.depths?.[1]).toMatchObject({ temperatureC: 83, throttled: true });
    expect(levels[0]?.depths?.[1]?.energyJPerToken).toBeCloseTo(2 / 16);
    // Four at once take 40 ms together and make 64 tokens.
    expect(levels[0]?.concurrency?.[0]?.energyJPerToken).toBeCloseTo(8 / 64);
    const { levels: unknown } = await useCase().compare({ ...REQUEST, maxTokens: 8 });
    expect(unknown[0]?.speed).toMatchObject({ temperatureC: null, throttled: null, energyJPerToken: null });
  });

  test.each([{ depths: [-1] }, { depths: [1.5] }, { concurrency: [0] }])(
    '%o is refused before any run',
    async (change) => {
      await expect(useCase().compare({ ...REQUEST, ...change })).rejects.toMatchObject({ code: 'invalid-input' });
      expect(runtime.requests).toEqual([]);
    },
  );
});
