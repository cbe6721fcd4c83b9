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
  baseName,
  variantName,
} from '@plimsoll/domain';
import type { GenerateRequest, Settings } from '@plimsoll/domain';
import { beforeEach, expect, test } from 'vitest';
import { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import { ChooseVariant } from '../variants/choose-variant.js';
import { EnsureVariant } from '../variants/ensure-variant.js';
import { ask } from '../../examples/generate-through-the-policy.js';
import { GenerateText } from './generate-text.js';
import type { GenerateTextEvent } from './generate-text.js';

let runtime: InMemoryModelRuntime;
let store: InMemoryMeasurementStore;
let warnings: string[];

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
  return new GenerateText(runtime, choose, recorder, bus, (message) => warnings.push(message));
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

test('a missing variant that must not be made names the command that makes it', async () => {
  await expect(run(useCase({ quantizationBits: 8 }), 'llama3.1:8b', false)).rejects.toMatchObject({
    code: 'variant-not-found',
    hint: expect.stringContaining('plimsoll quantize llama3.1:8b --to Q8_0') as string,
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
  expect(warnings).toEqual([expect.stringContaining('disk full')]);
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
