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
  gpuReading,
  installedVariant,
} from '@plimsoll/testing';
import { BackendUnreachableError, baseName, presetTypes, recipeMetadata, variantName } from '@plimsoll/domain';
import type {
  CatalogEntry,
  GpuDevice,
  InspectedModel,
  InstalledVariant,
  ModelCatalog,
  ModelHeader,
  ModelReference,
  RecipeName,
  Settings,
} from '@plimsoll/domain';
import { describe, expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../../../domain/src/model/__fixtures__/transformer-header.js';
import { ReadDevices } from '../devices/read-devices.js';
import { InspectModel } from '../models/inspect-model.js';
import { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import { EnsureVariant } from '../variants/ensure-variant.js';
import { PlanModel } from './plan-model.js';

const GIB = 1024 ** 3;
const MODEL = 'llama3.1:8b-instruct';

const card = (name: string, gib: number): { device: GpuDevice; freeBytes: number } => ({
  device: { id: 'gpu-0', index: 0, name, vendor: 'nvidia', memory: 'dedicated', totalBytes: gib * GIB, driver: '550' },
  freeBytes: gib * GIB * 0.95,
});

const useCase = (
  machine: { device: GpuDevice; freeBytes: number } | null,
  settings: Partial<Settings> = {},
  remote: readonly ModelCatalog[] = [],
  more: readonly InstalledVariant[] = [],
) => {
  const inspected: InspectedModel = {
    header: transformerHeader(SHAPES.llama31With8B),
    path: null,
    digest: null,
    origin: 'a test',
    fetchedBytes: 0,
  };
  const runtime = new InMemoryModelRuntime({
    variants: [
      installedVariant({ name: 'llama3.1:8b-instruct-q4_K_M', level: 'Q4_K_M', digest: 'sha256:q4' }),
      ...more,
    ],
  });
  const headers = new Map<string, ModelHeader>();
  const inspectedAs = (asked: ModelReference): InspectedModel => {
    const header = asked.kind === 'name' ? headers.get(asked.name) : undefined;
    return header === undefined ? inspected : { ...inspected, header };
  };
  const store = new InMemoryMeasurementStore();
  const gpu =
    machine === null
      ? new FixedGpuProbe()
      : new FixedGpuProbe([machine.device], [gpuReading({ deviceId: 'gpu-0', freeBytes: machine.freeBytes })]);
  const host = new FixedHostProbe();
  const ensure = new EnsureVariant(
    runtime,
    new InMemoryModelCatalog(runtime),
    [new FakeVariantBuilder(runtime, 'pull')],
    (model, level) => variantName(baseName(model), level),
    new RecordingEventBus(),
  );
  const plan = new PlanModel({
    inspect: new InspectModel(runtime, [{ supports: () => true, inspect: async (asked) => inspectedAs(asked) }]),
    devices: new ReadDevices(gpu, host),
    config: new InMemoryConfigStore(settings),
    store,
    ensure,
    remote,
  });
  let ids = 0;
  const recorder = new MeasurementRecorder(store, runtime, gpu, host, new ManualClock(), () => String(++ids));
  return { plan, recorder, headers };
};

test('the machine is probed, and the recommendation fits what is free on it', async () => {
  const { plan } = useCase(card('NVIDIA GeForce RTX 4060', 8));
  const { recommended, budget } = await plan.plan({ model: MODEL });
  expect(budget.devices.map(({ name }) => name)).toEqual(['NVIDIA GeForce RTX 4060']);
  expect(recommended?.candidate.fit).toBe('full');
  expect(recommended?.candidate.footprint.devices[0]?.totalBytes).toBeLessThanOrEqual(budget.usableBytes);
});

test('the founding limit lowers what may be used', async () => {
  const free = await useCase(card('NVIDIA GeForce RTX 4090', 24)).plan.plan({ model: MODEL });
  const limited = await useCase(card('NVIDIA GeForce RTX 4090', 24), { gpuMemoryLimitBytes: 6 * GIB }).plan.plan({
    model: MODEL,
  });
  expect(free.recommended?.candidate.footprint.devices[0]?.totalBytes).toBeGreaterThan(6 * GIB);
  expect(limited.budget.usableBytes).toBe(6 * GIB);
  expect(limited.recommended?.candidate.footprint.devices[0]?.totalBytes).toBeLessThanOrEqual(6 * GIB);
});

test('a described device takes the place of the probed one, under the founding limit', async () => {
  const { plan } = useCase(null, { gpuMemoryLimitBytes: 9 * GIB });
  const { budget, recommended } = await plan.plan({ model: MODEL, gpu: 'rtx 3060 12gb' });
  expect(budget.devices[0]).toMatchObject({ name: 'GeForce RTX 3060', totalBytes: 12 * GIB, usableBytes: 9 * GIB });
  expect(recommended?.candidate.expected.decodeTokensPerSecond.source).toBe('prior');
});

test('no device memory plans for the processor alone', async () => {
  const { plan } = useCase(card('NVIDIA GeForce RTX 4090', 24));
  const { budget, candidates } = await plan.plan({ model: MODEL, vramBytes: 0 });
  expect(budget.devices).toEqual([]);
  expect(candidates.every(({ footprint }) => footprint.devices.length === 0)).toBe(true);
});

test('it tells which variants are here and which can be pulled', async () => {
  const { candidates } = await useCase(null).plan.plan({
    model: MODEL,
    levels: ['Q4_K_M', 'Q8_0'],
    keyCacheTypes: ['f16'],
  });
  expect(candidates.map(({ variant }) => variant)).toEqual([
    { name: 'llama3.1:8b-instruct-q4_K_M', status: 'local', digest: 'sha256:q4' },
    { name: 'llama3.1:8b-instruct-q8_0', status: 'remote' },
  ]);
});

test('a variant that a recipe made is planned from its own file, and a name alone makes no recipe', async () => {
  const recipe = 'llama3.1:8b-instruct-mixed-4.89bpw';
  const names = [recipe, 'llama3.1:8b-instruct-mixed-3.00bpw'];
  const installed = names.map((name) =>
    installedVariant({ name, level: name.slice(-'mixed-4.89bpw'.length) as RecipeName }),
  );
  const { plan, headers } = useCase(card('NVIDIA GeForce RTX 4060', 8), {}, [], installed);
  const header = transformerHeader(SHAPES.llama31With8B);
  const { tensors } = presetTypes(header, 'Q4_K_M');
  headers.set(recipe, {
    ...header,
    metadata: new Map([
      ...header.metadata,
      ...Object.entries(recipeMetadata({ name: 'mixed-4.89bpw', measured: null })),
    ]),
    tensors: header.tensors.map((tensor, i) => ({ ...tensor, ...tensors[i] })),
  });
  const { candidates } = await plan.plan({ model: MODEL, keyCacheTypes: ['f16'] });
  const byLevel = new Map(candidates.map((candidate) => [candidate.level as string, candidate]));
  expect(byLevel.get('mixed-4.89bpw')?.variant).toMatchObject({ name: recipe, status: 'local' });
  expect(byLevel.get('mixed-4.89bpw')?.footprint).toEqual(byLevel.get('Q4_K_M')?.footprint);
  expect(byLevel.has('mixed-3.00bpw')).toBe(false);
});

describe('what was measured here', () => {
  const timings = {
    promptTokens: 10,
    cachedPromptTokens: 0,
    generatedTokens: 100,
    loadMs: 1,
    prefillMs: 10,
    decodeMs: 2500,
    firstTokenMs: 10,
    totalMs: 2510,
  };

  const speedsAfter = async (name: string, digest: string | null) => {
    const { plan, recorder } = useCase(card('NVIDIA GeForce RTX 4060', 8));
    for (let run = 0; run < 3; run += 1) {
      const about = { model: name, variant: name, digest, level: 'Q4_K_M' } as const;
      await recorder.record({ kind: 'generation', succeeded: true, timings, ...about });
    }
    const { candidates } = await plan.plan({
      model: MODEL,
      levels: ['Q4_K_M', 'Q3_K_M'],
      keyCacheTypes: ['f16'],
    });
    return candidates.map(({ expected }) => expected.decodeTokensPerSecond);
  };

  test('comes before what data sheets say, whatever the content was called', async () => {
    const [measured, other] = await speedsAfter('elsewhere/model.gguf', 'sha256:q4');
    expect(measured).toMatchObject({ source: 'measured', value: 40, observations: 3 });
    expect(other?.source).toBe('prior');
  });

  test.each(['sha256:another', null])('of another content under the same name (%s) is not used', async (digest) => {
    expect((await speedsAfter(MODEL, digest)).map(({ source }) => source)).toEqual(['prior', 'prior']);
  });
});

test('a described chip with unified memory brings its own host memory', async () => {
  const { budget } = await useCase(null).plan.plan({ model: MODEL, gpu: 'M2 Max 64GB' });
  expect(budget.host.totalBytes).toBe(64 * GIB);
});

test('of a repository the levels are those it offers, with the files to download', async () => {
  const entry = (level: 'Q8_0' | 'Q4_K_M', sizeBytes: number | null): CatalogEntry => ({
    name: `hf.co/org/repo:${level}`,
    level,
    sizeBytes,
    digest: null,
    location: 'remote',
  });
  const remote: ModelCatalog = { variants: async () => [entry('Q8_0', 8_540_000_000), entry('Q4_K_M', null)] };
  const { candidates } = await useCase(null, {}, [remote]).plan.plan({
    model: 'hf.co/org/repo',
    keyCacheTypes: ['f16'],
  });
  expect(candidates.filter(({ level }) => level !== 'F16').map(({ variant }) => variant)).toEqual([
    { name: 'hf.co/org/repo:Q8_0', status: 'remote', sizeBytes: 8_540_000_000 },
    { name: 'hf.co/org/repo:Q4_K_M', status: 'remote' },
  ]);
});

test('a list of siblings that cannot be read does not stop a plan', async () => {
  const remote: ModelCatalog = {
    variants: async () => {
      throw new BackendUnreachableError('The hub does not answer.');
    },
  };
  const { recommended } = await useCase(null, {}, [remote]).plan.plan({ model: 'hf.co/org/repo' });
  expect(recommended).not.toBeNull();
});

test('the file that a URL names can be downloaded; its other levels are nowhere', async () => {
  const model = 'https://models.example/llama-f16.gguf';
  const { candidates } = await useCase(null).plan.plan({ model, levels: ['F16'] });
  expect(candidates[0]?.variant).toMatchObject({ name: model, status: 'remote' });
  expect(candidates[0]?.variant.sizeBytes).toBeGreaterThan(0);
});

test('with nothing said about the cache, half of it is considered too', async () => {
  const { candidates } = await useCase(null).plan.plan({ model: MODEL, levels: ['Q4_K_M'] });
  expect(candidates.map(({ shape }) => [shape.keyCacheType, shape.valueCacheType])).toEqual([
    ['f16', 'f16'],
    ['q8_0', 'q8_0'],
  ]);
  const set = await useCase(null, { keyCacheType: 'q4_0', valueCacheType: 'q4_0' }).plan.plan({
    model: MODEL,
    levels: ['Q4_K_M'],
  });
  expect(set.candidates.map(({ shape }) => shape.keyCacheType)).toEqual(['q4_0']);
});

test('several cards, other memory and another processor can be planned for', async () => {
  const { plan } = useCase(null);
  const described = { gpu: ['2x RTX 3090', 'RTX 3060 12GB'], ramBytes: 32 * GIB, ramBandwidth: 90e9 };
  const { budget, machine } = await plan.plan({ model: MODEL, ...described });
  expect(budget.devices.map(({ name }) => name)).toEqual(['GeForce RTX 3090', 'GeForce RTX 3090', 'GeForce RTX 3060']);
  expect(budget.host.totalBytes).toBe(32 * GIB);
  expect(machine.host).toMatchObject({ bandwidthBytesPerSecond: 90e9 });
  expect(machine.host.basis).toBeUndefined();
});

test.each([
  [{ gpu: 'RTX 4060', vramBytes: 24 * GIB }, /RTX 4060 has 8.00 GiB, which 24.0 GiB of device memory contradict/],
  [{ gpu: 'RTX 4060', vramBytes: 0 }, /contradict/],
  [{ gpu: ['RTX 4060', 'RTX 3090'], vramBytes: 8 * GIB }, /2 cards are named/],
  [{ gpu: ['M2 Max 64GB', 'RTX 3090'] }, /cannot be combined/],
  [{ gpu: '99x RTX 3090' }, /between 1 and 16/],
])('%j describes no machine', async (request, message) => {
  await expect(useCase(null).plan.plan({ model: MODEL, ...request })).rejects.toThrow(message);
});
