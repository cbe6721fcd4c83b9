import { ManualClock } from '@plimsoll/testing';
import {
  FakeLogitsSource,
  FakeVariantBuilder,
  FixedGpuProbe,
  FixedHostProbe,
  InMemoryMeasurementStore,
  InMemoryModelCatalog,
  InMemoryModelRuntime,
  RecordingEventBus,
  installedVariant,
} from '@plimsoll/testing';
import { CapabilityMissingError, variantName, baseName } from '@plimsoll/domain';
import type { VariantBuilder } from '@plimsoll/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import { EnsureVariant } from '../variants/ensure-variant.js';
import { CompareLevels } from './compare-levels.js';
import type { CompareProgress, CompareRequest } from './compare-request.js';
import type { NotMeasured } from './comparison.js';

const REQUEST: CompareRequest = {
  model: 'tale:1b',
  levels: ['Q8_0', 'Q4_K_M'],
  reference: 'F16',
  kvCaches: [],
  iterations: 3,
  prompt: 'Tell a tale.',
  maxTokens: 16,
  text: 'x'.repeat(64),
  windowTokens: 16,
  make: true,
};

let runtime: InMemoryModelRuntime;
let store: InMemoryMeasurementStore;
let logits: FakeLogitsSource | null;
let builder: VariantBuilder;
let failOn: (model: string) => boolean;

const useCase = (): CompareLevels => {
  const clock = new ManualClock();
  let ids = 0;
  const gpu = new FixedGpuProbe();
  const prefix = Math.random().toString(36);
  const recorder = new MeasurementRecorder(store, runtime, gpu, new FixedHostProbe(), clock, () => `${prefix}${++ids}`);
  const ensure = new EnsureVariant(
    runtime,
    new InMemoryModelCatalog(runtime),
    [builder],
    (model, level) => variantName(baseName(model), level),
    new RecordingEventBus(),
  );
  return new CompareLevels({
    runtime,
    ensure,
    logits,
    planner: null,
    store,
    recorder,
    gpu,
    host: new FixedHostProbe(),
    clock,
    digest: (text) => String(text.length),
  });
};

beforeEach(() => {
  failOn = () => false;
  runtime = new InMemoryModelRuntime({
    variants: [installedVariant({ name: 'tale:1b-fp16', level: 'F16', sizeBytes: 400 })],
    millisecondsPerToken: (variant) => (variant.includes('q4') ? 1 : variant.includes('q8') ? 2 : 4),
    beforeGenerate: ({ model }) => {
      if (failOn(model)) throw new Error('the engine stopped');
    },
  });
  builder = new FakeVariantBuilder(runtime);
  store = new InMemoryMeasurementStore();
  logits = new FakeLogitsSource({ divergence: (model) => (model.includes('q4') ? 0.2 : 0.01) });
});

describe('CompareLevels', () => {
  test('gives the founding result shape per level, the reference first', async () => {
    const { levels, reference } = await useCase().compare(REQUEST);
    expect(reference).toEqual({ level: 'F16', kvCache: 'f16' });
    expect(levels.map(({ level }) => level)).toEqual(['F16', 'Q8_0', 'Q4_K_M']);
    expect(levels[0]?.runs).toEqual({
      total: 3,
      succeeded: 3,
      failed: 0,
      successRate: 1,
      meanMs: 65,
      minMs: 65,
      maxMs: 65,
      speedup: 1,
    });
    expect(levels[2]?.runs.speedup).toBeCloseTo(65 / 17);
    expect(levels[2]?.speed.decodeTokensPerSecond?.median).toBeCloseTo(1000);
  });

  test('measures quality against the reference, which has none to itself', async () => {
    const { levels, text } = await useCase().compare(REQUEST);
    expect(text).toEqual({ tokens: 64, window: 16 });
    expect(levels.map(({ quality }) => quality?.meanKld)).toEqual([0, expect.closeTo(0.01), expect.closeTo(0.2)]);
    expect(levels[0]?.quality?.perplexity).toBeCloseTo(Math.exp(2));
  });

  test('takes the levels in turn, so that a drift meets all alike', async () => {
    await useCase().compare(REQUEST);
    const timed = runtime.requests.filter(({ maxTokens }) => maxTokens === 16).map(({ model }) => model.split('-')[1]);
    expect(timed).toEqual(['fp16', 'q8_0', 'q4_K_M', 'q4_K_M', 'q8_0', 'fp16', 'fp16', 'q8_0', 'q4_K_M']);
  });

  test('no two prompts begin alike, so that no cache helps', async () => {
    await useCase().compare(REQUEST);
    const starts = runtime.requests
      .filter(({ model }) => model.endsWith('fp16'))
      .map(({ input }) => JSON.stringify(input));
    expect(new Set(starts).size).toBe(starts.length);
  });

  test('an interrupted comparison goes on and repeats nothing that was kept', async () => {
    const abort = new AbortController();
    const onProgress = ({ phase, fraction }: CompareProgress): void => {
      if (phase === 'speed' && fraction > 0.5) abort.abort();
    };
    const interrupted: unknown = await useCase()
      .compare(REQUEST, { signal: abort.signal, onProgress })
      .catch((error: unknown) => error);
    const kept = await store.query({});
    expect(kept.length).toBeGreaterThan(1);
    expect(interrupted).toMatchObject({
      code: 'cancelled',
      message: `The comparison was interrupted; ${kept.length} measurements are kept.`,
      hint: 'The same command goes on from there.',
    });
    const before = runtime.requests.length;
    const resumed: (readonly [number, number])[] = [];
    const { levels } = await useCase().compare(REQUEST, { onResumed: (...counts) => resumed.push(counts) });
    expect(resumed).toEqual([[kept.length, 3 * 3 + 2]]);
    const all = await store.query({});
    expect(all).toHaveLength(3 * 3 + 2);
    expect(new Set(all.map(({ comparisonId }) => comparisonId)).size).toBe(1);
    const again = runtime.requests.slice(before).filter(({ maxTokens }) => maxTokens === 16).length;
    expect(again).toBe(9 - kept.filter(({ kind }) => kind === 'speed').length);
    expect(levels.every(({ runs }) => runs.total === 3)).toBe(true);
  });

  test('a finished comparison is measured anew when it is asked for again', async () => {
    const first = await useCase().compare(REQUEST);
    const second = await useCase().compare(REQUEST);
    expect(second.id).not.toBe(first.id);
    expect(await store.query({ comparisonId: second.id })).toHaveLength(11);
  });

  test('failed runs count as failed and do not end the comparison', async () => {
    failOn = (model) => model.includes('q4');
    const { levels } = await useCase().compare({ ...REQUEST, text: null });
    expect(levels[2]?.runs).toMatchObject({
      total: 3,
      succeeded: 0,
      failed: 3,
      successRate: 0,
      meanMs: null,
      speedup: null,
      failures: [{ errorCode: 'backend-failed', message: 'the engine stopped', runs: 3 }],
    });
    expect(levels[0]?.runs.successRate).toBe(1);
    expect(levels[0]?.runs.failures).toBeUndefined();
  });

  test.each([
    ['a text shorter than two windows', { text: 'x'.repeat(31) }, 'invalid-input'],
    ['a missing level that must not be made', { make: false }, 'variant-not-found'],
    ['a missing reference that must not be made', { reference: 'F32', make: false }, 'variant-not-found'],
    ['a window too short', { windowTokens: 4 }, 'invalid-input'],
    ['nothing to measure', { iterations: 0, text: null }, 'invalid-input'],
    ['one level and nothing but quality', { iterations: 0, levels: [] }, 'invalid-input'],
    ['a cache that the backend cannot choose', { kvCaches: ['f16', 'q8_0'] }, 'capability-missing'],
  ] as const)('%s is found before any run, and before anything is made', async (_name, change, code) => {
    const written: string[] = [];
    const text = async (): Promise<string> => (written.push('text'), REQUEST.text as string);
    await expect(useCase().compare({ ...REQUEST, text, ...change })).rejects.toMatchObject({ code });
    expect([runtime.requests, runtime.variants.length, written]).toEqual([[], 1, []]);
  });

  test('a level that cannot be made is found before others are made', async () => {
    const methods = builder.methods.bind(builder);
    builder.methods = async (request) => (request.level === 'IQ1_S' ? [] : methods(request));
    const levels = ['Q4_K_M', 'IQ1_S'] as const;
    await expect(useCase().compare({ ...REQUEST, levels })).rejects.toMatchObject({
      code: 'variant-not-found',
      message: expect.stringContaining('importance matrix') as string,
    });
    expect([runtime.requests, runtime.variants.length]).toEqual([[], 1]);
  });

  test('all levels that are missing are named with the commands that make them', async () => {
    await expect(useCase().compare({ ...REQUEST, make: false })).rejects.toMatchObject({
      message: 'There is no Q8_0 and no Q4_K_M variant of tale:1b yet.',
      remedies: [{ kind: 'make-variants', model: 'tale:1b', levels: ['Q8_0', 'Q4_K_M'] }],
    });
  });

  test('a model that is not there is told as such', async () => {
    const request = { ...REQUEST, model: 'nobody:1b', make: false };
    builder.methods = async () => [];
    await expect(useCase().compare(request)).rejects.toMatchObject({ code: 'model-not-found' });
  });

  test('another vocabulary is found before any run, and where it is there already before a text is written', async () => {
    logits = new FakeLogitsSource({
      vocabulary: (model) => ({ size: model.includes('q4') ? 9 : 10, fingerprint: null }),
    });
    await expect(useCase().compare(REQUEST)).rejects.toMatchObject({ code: 'unsupported-model' });
    const text = (): never => expect.unreachable('a text was asked for');
    await expect(useCase().compare({ ...REQUEST, text })).rejects.toMatchObject({ code: 'unsupported-model' });
    expect(runtime.requests).toEqual([]);
  });

  describe('where the backend tells no log-probabilities', () => {
    const heard: NotMeasured[] = [];
    const onNotMeasured = (one: NotMeasured): void => void heard.push(one);

    beforeEach(() => {
      heard.length = 0;
    });

    test.each([
      ['none at all', null],
      [
        'none of this model',
        () => {
          throw new CapabilityMissingError('No vocabulary.', { hint: 'Take another server.' });
        },
      ],
    ])('quality is left out, and that is said before any run: %s', async (_name, vocabulary) => {
      logits = vocabulary === null ? null : new FakeLogitsSource({ vocabulary });
      const text = (): never => expect.unreachable('a text was asked for');
      const { levels, notMeasured } = await useCase().compare(
        { ...REQUEST, text },
        {
          onNotMeasured: (one) => {
            expect(runtime.requests).toEqual([]);
            onNotMeasured(one);
          },
        },
      );
      expect(heard).toEqual([
        {
          what: 'quality',
          reason:
            vocabulary === null
              ? { kind: 'no-log-probabilities', backend: runtime.id }
              : { kind: 'refused', message: 'No vocabulary.', hint: 'Take another server.' },
        },
      ]);
      expect(notMeasured).toEqual(heard);
      expect(levels.map(({ quality }) => quality)).toEqual([null, null, null]);
    });

    test('nothing is said where no quality was asked for', async () => {
      logits = null;
      const { notMeasured } = await useCase().compare({ ...REQUEST, text: null }, { onNotMeasured });
      expect([heard, notMeasured]).toEqual([[], []]);
    });

    test('a comparison of nothing else is refused', async () => {
      logits = null;
      await expect(useCase().compare({ ...REQUEST, iterations: 0 })).rejects.toMatchObject({
        code: 'capability-missing',
      });
    });
  });
});
