import {
  FakeVariantBuilder,
  FixedGpuProbe,
  FixedHostProbe,
  InMemoryConfigStore,
  InMemoryMeasurementStore,
  InMemoryModelCatalog,
  InMemoryModelRuntime,
  ManualClock,
  RecordingEventBus,
  installedVariant,
} from '@plimsoll/testing';
import {
  BackendFailedError,
  CancelledError,
  CapabilityMissingError,
  InvalidInputError,
  OutOfMemoryError,
  StorageFailedError,
  baseName,
  variantName,
} from '@plimsoll/domain';
import type { GenerateEvent, GenerateRequest, Level, Settings, VariantLevel } from '@plimsoll/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import { ChooseVariant } from '../variants/choose-variant.js';
import { EnsureVariant } from '../variants/ensure-variant.js';
import { ask } from '../../examples/generate-through-the-policy.js';
import { GenerateText } from './generate-text.js';
import type { GenerateTextEvent } from './generate-text.js';
import type { Warning } from '../warning.js';

let runtime: InMemoryModelRuntime;
let store: InMemoryMeasurementStore;
let warnings: Warning[];

const useCase = (settings: Partial<Settings> = {}): GenerateText => {
  const bus = new RecordingEventBus();
  const ensure = new EnsureVariant(
    runtime,
    new InMemoryModelCatalog(runtime),
    [new FakeVariantBuilder(runtime, 'pull')],
    (model, level) => variantName(baseName(model), level),
    bus,
  );
  const choose = new ChooseVariant(new InMemoryConfigStore(settings), runtime, ensure);
  const clock = new ManualClock();
  const recorder = new MeasurementRecorder(
    store,
    runtime,
    new FixedGpuProbe(),
    new FixedHostProbe(),
    clock,
    () => 'one',
  );
  return new GenerateText(runtime, choose, recorder, bus, (warning) => warnings.push(warning));
};

const request = (model: string): GenerateRequest => ({
  model,
  input: { kind: 'prompt', prompt: 'Hello' },
  maxTokens: 3,
});

const run = async (generate: GenerateText, model: string, make = true): Promise<readonly GenerateTextEvent[]> => {
  const events: GenerateTextEvent[] = [];
  for await (const event of generate.generate(request(model), { make })) events.push(event);
  return events;
};

beforeEach(() => {
  runtime = new InMemoryModelRuntime({ variants: [installedVariant({ name: 'llama3.1:8b', level: 'Q4_K_M' })] });
  store = new InMemoryMeasurementStore();
  warnings = [];
});

test('the variant that the settings want runs, made because it was missing', async () => {
  const [first] = await run(useCase({ quantizationBits: 8 }), 'llama3.1:8b');
  expect(first).toMatchObject({
    type: 'variant',
    chosen: { variant: 'llama3.1:8b-q8_0', level: 'Q8_0', made: 'pull' },
  });
  expect(runtime.requests[0]?.model).toBe('llama3.1:8b-q8_0');
});

test('an alias that already holds the wanted level runs as it is: the details count, not the name', async () => {
  const [first] = await run(useCase({ quantizationBits: 4 }), 'llama3.1:8b');
  expect(first).toMatchObject({ type: 'variant', chosen: { variant: 'llama3.1:8b', made: null } });
});

test('a name that states its level is not transformed', async () => {
  runtime.variants.push(installedVariant({ name: 'llama3.1:8b-q8_0', level: 'Q8_0' }));
  const [first] = await run(useCase({ quantizationBits: 4 }), 'llama3.1:8b-q8_0');
  expect(first).toMatchObject({ chosen: { variant: 'llama3.1:8b-q8_0', reason: 'level-in-name' } });
});

test('with quantization off the name is taken as it is, and its true level is told', async () => {
  const [first] = await run(useCase({ quantizationEnabled: false }), 'llama3.1:8b');
  expect(first).toMatchObject({ chosen: { variant: 'llama3.1:8b', level: 'Q4_K_M', reason: 'quantization-off' } });
});

test('an F16 file is where quantization starts, a quantized file runs as it is', async () => {
  runtime.variants.push(
    installedVariant({ name: 'tale-f16', level: 'F16', path: '/models/tale-f16.gguf' }),
    installedVariant({ name: 'tale-Q6_K', level: 'Q6_K', path: '/models/tale-Q6_K.gguf' }),
  );
  const [started] = await run(useCase({ quantizationBits: 4 }), 'tale-f16');
  expect(started).toMatchObject({ chosen: { level: 'Q4_K_M', made: 'pull' } });
  const [kept] = await run(useCase({ quantizationBits: 4 }), 'tale-Q6_K');
  expect(kept).toMatchObject({ chosen: { variant: 'tale-Q6_K', reason: 'level-in-name' } });
});

test('a missing variant that must not be made says what makes it', async () => {
  await expect(run(useCase({ quantizationBits: 8 }), 'llama3.1:8b', false)).rejects.toMatchObject({
    code: 'variant-not-found',
    remedies: [{ kind: 'make-variant', model: 'llama3.1:8b', level: 'Q8_0' }, { kind: 'turn-quantization-off' }],
  });
});

describe('a variant that cannot be made now', () => {
  const failing = (error: Error, installed: readonly [string, Level][]) => {
    runtime = new InMemoryModelRuntime({
      variants: installed.map(([name, level]) => installedVariant({ name, level })),
    });
    const builder = new FakeVariantBuilder(runtime);
    builder.build = () => Promise.reject(error);
    const config = new InMemoryConfigStore({ quantizationBits: 8 });
    const bus = new RecordingEventBus();
    const name = (model: string, level: VariantLevel): string => variantName(baseName(model), level);
    const ensure = new EnsureVariant(runtime, new InMemoryModelCatalog(runtime), [builder], name, bus);
    return new ChooseVariant(config, runtime, ensure);
  };
  const full = new StorageFailedError('The disk is full.', { hint: 'Make room.' });

  test.each<[string, readonly [string, Level][], string]>([
    [
      'the best one below the wanted level',
      [
        ['fox:8b', 'F16'],
        ['fox:8b-q4_K_M', 'Q4_K_M'],
        ['fox:8b-q6_K', 'Q6_K'],
      ],
      'fox:8b-q6_K',
    ],
    [
      'the smallest above it where there is none',
      [
        ['fox:8b', 'F32'],
        ['fox:8b-fp16', 'F16'],
      ],
      'fox:8b-fp16',
    ],
  ])('%s answers in its place', async (_, installed, variant) => {
    const chosen = await failing(full, installed).choose('fox:8b', { make: true });
    expect(chosen).toMatchObject({ variant, reason: 'fallback', made: null, wanted: { level: 'Q8_0' } });
    expect(chosen.wanted?.error.message).toBe('The disk is full.');
  });

  test('is refused when that is asked for, and when nothing else is installed', async () => {
    const choose = failing(full, [['fox:8b', 'Q4_K_M']]);
    await expect(choose.choose('fox:8b', { make: true, strict: true })).rejects.toMatchObject({
      code: 'storage-failed',
    });
    await expect(choose.choose('crow:8b', { make: true })).rejects.toMatchObject({ code: 'storage-failed' });
  });

  test('is not replaced when the user gave up waiting for it', async () => {
    const choose = failing(new CancelledError('Cancelled.'), [['fox:8b', 'Q4_K_M']]);
    await expect(choose.choose('fox:8b', { make: true })).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('does not bring up a model of another size', async () => {
    const choose = failing(full, [
      ['fox:latest', 'Q4_K_M'],
      ['fox', 'Q4_K_M'],
      ['fox:70b-q6_K', 'Q6_K'],
    ]);
    expect(await choose.choose('fox', { make: true })).toMatchObject({ variant: 'fox', reason: 'fallback' });
  });

  test('is told of, with the way to it, before the answer', async () => {
    const choose = failing(full, [['fox:8b', 'Q4_K_M']]);
    const recorder = { record: async () => undefined } as unknown as MeasurementRecorder;
    const use = new GenerateText(runtime, choose, recorder, new RecordingEventBus(), (warning) =>
      warnings.push(warning),
    );
    for await (const event of use.generate(request('fox:8b'), { make: true })) if (event.type === 'variant') break;
    expect(warnings).toMatchObject([
      {
        kind: 'other-variant',
        ...{ variant: 'fox:8b', model: 'fox:8b', level: 'Q8_0' },
        error: { message: 'The disk is full.', remedies: [{ kind: 'make-variant', how: 'file-elsewhere' }, {}] },
      },
    ]);
  });
});

test('a change of settings takes effect on the next call', async () => {
  const config = new InMemoryConfigStore({ quantizationBits: 4 });
  const ensure = new EnsureVariant(
    runtime,
    new InMemoryModelCatalog(runtime),
    [new FakeVariantBuilder(runtime)],
    (model, level) => variantName(baseName(model), level),
    new RecordingEventBus(),
  );
  const choose = new ChooseVariant(config, runtime, ensure);
  expect((await choose.choose('llama3.1:8b', { make: true })).level).toBe('Q4_K_M');
  await config.save({ quantizationBits: 8 });
  expect((await choose.choose('llama3.1:8b', { make: true })).level).toBe('Q8_0');
});

test('every call is recorded with its timings, also when the reader stops at the end', async () => {
  for await (const event of useCase().generate(request('llama3.1:8b'), { make: true }))
    if (event.type === 'done') break;
  const [record] = await store.query();
  expect(record).toMatchObject({
    kind: 'generation',
    model: 'llama3.1:8b',
    succeeded: true,
    timings: { generatedTokens: 3 },
  });
});

test('a failed call is recorded as failed, with its code', async () => {
  runtime = new InMemoryModelRuntime({
    variants: runtime.variants,
    beforeGenerate: () => {
      throw new BackendFailedError('the runner stopped');
    },
  });
  await expect(run(useCase(), 'llama3.1:8b')).rejects.toMatchObject({ code: 'backend-failed' });
  expect((await store.query())[0]).toMatchObject({ succeeded: false, errorCode: 'backend-failed', timings: null });
});

test.each([
  new InvalidInputError('The prompt is empty.'),
  new CapabilityMissingError('The model sees no images.'),
  new CancelledError('Stopped.'),
])('a request refused for its own fault ($code) is no failed call of the model', async (refusal) => {
  runtime = new InMemoryModelRuntime({
    variants: runtime.variants,
    beforeGenerate: () => {
      throw refusal;
    },
  });
  await expect(run(useCase(), 'llama3.1:8b')).rejects.toBe(refusal);
  expect(await store.query()).toEqual([]);
});

test('an answer is not lost because it cannot be recorded', async () => {
  store.append = async () => {
    throw new Error('disk full');
  };
  const events = await run(useCase(), 'llama3.1:8b');
  expect(events.at(-1)?.type).toBe('done');
  expect(warnings).toEqual([{ kind: 'not-recorded', message: expect.stringContaining('disk full') as string }]);
});

test('the example of the README answers with the variant that ran', async () => {
  expect(await ask(useCase({ quantizationBits: 8 }), 'llama3.1:8b', 'Hello')).toMatch(/^\[llama3\.1:8b-q8_0\] +\S/);
});

test('context, threads and cache of the settings are loaded with; what the request says wins', async () => {
  runtime = new InMemoryModelRuntime({ variants: runtime.variants, capabilities: { kvCachePerModel: true } });
  const settings = { contextTokens: 2048, threads: 3, keyCacheType: 'q8_0' } as const;
  await run(useCase(settings), 'llama3.1:8b');
  expect(runtime.requests[0]?.load).toEqual({
    contextTokens: 2048,
    threads: 3,
    keyCacheType: 'q8_0',
    valueCacheType: 'f16',
  });
});

describe('an engine that runs out of memory while it answers', () => {
  /** Served at `big`, which fails after some pieces, and after a step down at `small`. */
  function served(pieces: number, stepsDown: boolean): { readonly use: GenerateText; readonly calls: string[] } {
    const calls: string[] = [];
    let at = 'big';
    const places = {
      place: async () => ({
        chosen: { variant: at, level: null, digest: null, made: null, load: {}, reason: 'settings' as const },
        release: () => calls.push('released'),
        ranOutOfMemory: async () => {
          calls.push(`${at} ran out`);
          if (stepsDown) at = 'small';
          return stepsDown;
        },
      }),
    };
    const failing = Object.assign(Object.create(runtime) as InMemoryModelRuntime, {
      async *generate({ model }: GenerateRequest): AsyncGenerator<GenerateEvent> {
        for (let piece = 0; piece < pieces; piece += 1) yield { type: 'text', text: `${model} ` };
        if (model === 'big') throw new OutOfMemoryError('The engine ran out of memory.');
        yield { type: 'done', stopReason: 'stop', timings: await noTimings() };
      },
    });
    const recorder = new MeasurementRecorder(
      ...([store, runtime, new FixedGpuProbe(), new FixedHostProbe(), new ManualClock(), () => 'one'] as const),
    );
    return { use: new GenerateText(failing, places, recorder, new RecordingEventBus(), () => undefined), calls };
  }
  const noTimings = async (): Promise<Extract<GenerateEvent, { type: 'done' }>['timings']> => {
    const events = await run(useCase({ quantizationEnabled: false }), 'llama3.1:8b');
    const done = events.find((event) => event.type === 'done');
    if (done?.type !== 'done') throw new Error('nothing was generated');
    return done.timings;
  };
  const words = (events: readonly GenerateTextEvent[]): readonly string[] =>
    events.map((event) => (event.type === 'variant' ? `at ${event.chosen.variant}` : event.type));

  test('before the first piece the answer comes from a smaller point', async () => {
    const { use, calls } = served(0, true);
    expect(words(await run(use, 'm'))).toEqual(['at big', 'at small', 'done']);
    expect(calls).toEqual(['big ran out', 'released', 'released']);
  });

  test('after the first piece it is an error, and the next answer finds room', async () => {
    const { use, calls } = served(1, true);
    await expect(run(use, 'm')).rejects.toThrow(OutOfMemoryError);
    expect(calls).toEqual(['big ran out', 'released']);
    expect(words(await run(use, 'm'))).toEqual(['at small', 'text', 'done']);
  });

  test('is an error where nothing smaller is left', async () => {
    const { use } = served(0, false);
    await expect(run(use, 'm')).rejects.toThrow(OutOfMemoryError);
  });
});
