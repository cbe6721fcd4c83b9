import {
  FakeVariantBuilder,
  FixedGpuProbe,
  FixedHostProbe,
  InMemoryConfigStore,
  InMemoryMeasurementStore,
  InMemoryModelCatalog,
  InMemoryModelRuntime,
  RecordingEventBus,
  gpuReading,
  installedVariant,
} from '@plimsoll/testing';
import { baseName, variantName } from '@plimsoll/domain';
import type { GpuDevice, InspectedModel, RuntimeCapabilities, Settings } from '@plimsoll/domain';
import { expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../../../domain/src/model/__fixtures__/transformer-header.js';
import { ReadDevices } from '../devices/read-devices.js';
import { InspectModel } from '../models/inspect-model.js';
import { EnsureVariant } from '../variants/ensure-variant.js';
import { PlanModel } from './plan-model.js';
import { RecommendPoint, type PointToRun } from './recommend-point.js';

const GIB = 1024 ** 3;
const MODEL = 'llama3.1:8b-instruct';
const CARD: GpuDevice = {
  id: 'gpu-0',
  index: 0,
  name: 'NVIDIA GeForce RTX 4060',
  vendor: 'nvidia',
  memory: 'dedicated',
  totalBytes: 8 * GIB,
  driver: '550',
};

interface World {
  readonly settings?: Partial<Settings>;
  readonly capabilities?: Partial<RuntimeCapabilities>;
  readonly freeBytes?: number;
}

function recommending({ settings = {}, capabilities = {}, freeBytes = 7.5 * GIB }: World = {}): RecommendPoint {
  const inspected: InspectedModel = {
    header: transformerHeader(SHAPES.llama31With8B),
    path: null,
    digest: null,
    origin: 'a test',
    fetchedBytes: 0,
  };
  const variants = [installedVariant({ name: 'llama3.1:8b-instruct-q3_K_M', level: 'Q3_K_M', digest: 'sha256:q3' })];
  const runtime = new InMemoryModelRuntime({ variants, capabilities: { kvCachePerModel: true, ...capabilities } });
  const config = new InMemoryConfigStore(settings);
  const host = new FixedHostProbe();
  const planner = new PlanModel({
    inspect: new InspectModel(runtime, [{ supports: () => true, inspect: async () => inspected }]),
    devices: new ReadDevices(new FixedGpuProbe([CARD], [gpuReading({ deviceId: 'gpu-0', freeBytes })]), host),
    config,
    store: new InMemoryMeasurementStore(),
    ensure: new EnsureVariant(
      runtime,
      new InMemoryModelCatalog(runtime),
      [new FakeVariantBuilder(runtime, 'pull')],
      (model, level) => variantName(baseName(model), level),
      new RecordingEventBus(),
    ),
  });
  return new RecommendPoint({ planner, config, capabilities: runtime.capabilities, downloads: true });
}

async function found(world: World, wishes: Partial<Parameters<RecommendPoint['recommend']>[0]>): Promise<PointToRun> {
  const point = await recommending(world).recommend({ model: MODEL, make: true, ...wishes });
  if (point === null || point === 'nothing-fits') throw new Error(`there is no point: ${String(point)}`);
  return point;
}

test('where nobody decided, the plan does, and the whole point is loaded', async () => {
  const point = await found({}, {});
  expect(point).toMatchObject({ decidedBy: 'plan', level: point.plan.recommended?.candidate.level });
  expect(point.load).toEqual(point.candidate.shape);
  expect(point.candidate.fit).toBe('full');
  expect(point.load).toMatchObject({ contextTokens: 8192, placement: { gpuLayers: 33 } });
});

test('a flag stands above the plan, which places what was asked for', async () => {
  const point = await found({}, { level: 'Q8_0', contexts: [4096] });
  expect(point).toMatchObject({ decidedBy: 'flag', level: 'Q8_0', load: { contextTokens: 4096 } });
});

test('a level that no plan usually looks at is planned all the same', async () => {
  expect(await found({}, { level: 'Q5_K_S' })).toMatchObject({ level: 'Q5_K_S', candidate: { level: 'Q5_K_S' } });
});

test('a pin in the settings and a level in the name lead to the variant by themselves', async () => {
  const pinned = await found({ settings: { modelOverrides: { [MODEL]: { level: 'Q4_0' } } } }, {});
  expect(pinned).toMatchObject({ decidedBy: 'settings', candidate: { level: 'Q4_0' } });
  expect(pinned.level).toBeUndefined();
});

test('what may not be made or fetched is not recommended', async () => {
  expect(await found({}, { make: false })).toMatchObject({
    level: 'Q3_K_M',
    candidate: { variant: { status: 'local' } },
  });
});

test('a server with one cache type for all is planned with that, and told what it can be told', async () => {
  const point = await found({ capabilities: { kvCachePerModel: undefined } }, {});
  expect(point.candidate.shape).toMatchObject({ keyCacheType: 'f16', valueCacheType: 'f16' });
  expect(point.load).toEqual({ contextTokens: 8192 });
});

test('that nothing fits is said where the plan was free to choose, and left to the backend where it was not', async () => {
  const none = { settings: { memoryMarginFraction: 1 } };
  expect(await recommending(none).recommend({ model: MODEL, make: true })).toBe('nothing-fits');
  expect(await recommending(none).recommend({ model: MODEL, make: true, level: 'Q8_0' })).toBeNull();
});
