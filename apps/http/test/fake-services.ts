import { dirname } from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import {
  BackgroundBuilds,
  ChooseVariant,
  Diagnose,
  EnsureVariant,
  FindRegressions,
  GenerateText,
  GetStatistics,
  InspectModel,
  ListModels,
  ManageSettings,
  MeasurementRecorder,
  PlanModel,
  QuantizeModel,
  ReadDevices,
} from '@plimsoll/application';
import type { ExactPlanDependencies } from '@plimsoll/application';
import { CapabilityMissingError, variantName } from '@plimsoll/domain';
import type { MemoryUse, ModelRuntime, Settings } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
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
import type { HttpServices } from '../src/server/http-services.js';

/** Services over fakes, and the fakes themselves. */
export interface FakeServices extends HttpServices {
  readonly runtime: InMemoryModelRuntime;
  readonly config: InMemoryConfigStore;
  /** Leases that were not released yet. */
  readonly state: { leases: number; closed: boolean };
}

/** What the fake engine says that a model takes, wherever it lies; no closed form does. */
const ENGINE_BYTES: MemoryUse = {
  weightsBytes: 1000,
  kvCacheBytes: 100,
  recurrentStateBytes: 0,
  computeBytes: 10,
  totalBytes: 1110,
};

/** Builds them. `behind` puts something between the use cases and the fake runtime. */
export function fakeServices(
  settings: Partial<Settings> = {},
  behind: (runtime: InMemoryModelRuntime) => ModelRuntime = (runtime) => runtime,
): FakeServices {
  const runtime = new InMemoryModelRuntime({
    variants: [
      installedVariant({ name: 'tale:1b-fp16', level: 'F16' }),
      installedVariant({ name: 'tale:1b-q4_K_M', level: 'Q4_K_M' }),
    ],
    capabilities: { images: true },
  });
  const config = new InMemoryConfigStore({ modelsFolder: dirname(sampleModelPath()), ...settings });
  const bus = new RecordingEventBus();
  const store = new InMemoryMeasurementStore();
  const host = new FixedHostProbe();
  const device = {
    id: 'gpu-0',
    index: 0,
    name: 'Test GPU',
    vendor: 'nvidia',
    memory: 'dedicated',
    totalBytes: 8 * 1024 ** 3,
    driver: '1',
  } as const;
  const gpu = new FixedGpuProbe([device], [gpuReading({ deviceId: 'gpu-0', totalBytes: 8 * 1024 ** 3 })]);
  const used = behind(runtime);
  let ids = 0;
  const recorder = new MeasurementRecorder(store, used, gpu, host, new ManualClock(), () => `id-${(ids += 1)}`);
  const builders = [new FakeVariantBuilder(runtime)];
  const name = (model: string, level: Parameters<typeof variantName>[1]): string => variantName(model, level);
  const ensure = new EnsureVariant(used, new InMemoryModelCatalog(runtime), builders, name, bus);
  const builds = new BackgroundBuilds(ensure, bus, new ManualClock());
  const choose = new ChooseVariant(config, used, ensure, undefined, builds);
  const quantization = new QuantizeModel(builders, name, bus);
  const generation = new GenerateText(used, choose, recorder, bus, () => undefined);
  const models = new ListModels(used);
  const devices = new ReadDevices(gpu, host);
  const inspect = new InspectModel(used, [new FileModelInspector()]);
  const exact: ExactPlanDependencies = {
    oracle: {
      measure: async (_file, { placement }) => ({
        devices: placement.split.map(() => ENGINE_BYTES),
        host: ENGINE_BYTES,
        totalBytes: ENGINE_BYTES.totalBytes * (placement.split.length + 1),
      }),
    },
    withHeaderFile: (_header, _types, use) => use('header.gguf'),
    clock: new ManualClock(),
    newId: () => `id-${(ids += 1)}`,
  };
  const planning = new PlanModel({ inspect, devices, config, store, ensure, exact });
  const state = { leases: 0, closed: false };
  return {
    runtime,
    config,
    state,
    settings: new ManageSettings(config, bus),
    devices,
    statistics: new GetStatistics(store),
    regressions: new FindRegressions(store, config),
    events: bus,
    backend: async () => {
      state.leases += 1;
      let released = false;
      const release = (): void => {
        if (!released) state.leases -= 1;
        released = true;
      };
      return {
        models,
        generation,
        planning,
        choose,
        builds,
        places: choose,
        governor: null,
        inspect,
        quantization,
        comparison: async () => {
          throw new CapabilityMissingError('Nothing is compared here.');
        },
        diagnosis: async () => new Diagnose({ config, runtime: used, devices, choose, store }),
        runtime: used,
        release,
      };
    },
    close: async () => {
      state.closed = true;
    },
  };
}
