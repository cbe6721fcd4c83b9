import {
  ChooseVariant,
  CompareLevels,
  Diagnose,
  EnsureVariant,
  GenerateText,
  GetStatistics,
  InspectModel,
  ListModels,
  ManageSettings,
  MeasurementRecorder,
  PlanModel,
  QuantizeModel,
  ReadDevices,
  checkResidentModels,
} from '@plimsoll/application';
import {
  CLOCK,
  CONFIG_STORE,
  EVENT_BUS,
  GPU_PROBE,
  HOST_PROBE,
  LOGITS_SOURCE,
  MEASUREMENT_STORE,
  MODEL_CATALOG,
  MODEL_INSPECTOR,
  MODEL_RUNTIME,
  REMOTE_CATALOG,
  VARIANT_BUILDER,
} from '@plimsoll/di';
import type { ModelRuntime, Settings } from '@plimsoll/domain';
import type { Container } from 'inversify';
import { createHash, randomUUID } from 'node:crypto';
import { exactAnswers } from './exact-answers.js';
import { forgivingStore } from './forgiving-store.js';
import { nameVariant } from './name-variant.js';

/** Every use case over one backend. */
export interface UseCases {
  readonly runtime: ModelRuntime;
  readonly settings: ManageSettings;
  readonly devices: ReadDevices;
  readonly models: ListModels;
  readonly inspect: InspectModel;
  readonly planning: PlanModel;
  readonly choose: ChooseVariant;
  readonly generation: GenerateText;
  readonly quantization: QuantizeModel;
  readonly comparison: CompareLevels;
  readonly statistics: GetStatistics;
  readonly diagnosis: Diagnose;
  /** Lets go of the backend and of the engine that exact plans ask. */
  readonly close: () => Promise<void>;
}

/**
 * Puts the use cases together from what the container binds. `warn` hears of what goes wrong beside an answer.
 * Builders, logits and remote catalogues may be unbound: then no variants are made, no quality is measured, and what
 * repositories offer is not known.
 */
export async function createUseCases(
  container: Container,
  settings: Settings,
  warn: (message: string) => void,
): Promise<UseCases> {
  const runtime = await container.getAsync(MODEL_RUNTIME);
  const [gpu, host, store] = [container.get(GPU_PROBE), container.get(HOST_PROBE), container.get(MEASUREMENT_STORE)];
  const [config, bus, clock] = [container.get(CONFIG_STORE), container.get(EVENT_BUS), container.get(CLOCK)];
  const builders = container.isBound(VARIANT_BUILDER) ? await container.getAllAsync(VARIANT_BUILDER) : [];
  const logits = container.isBound(LOGITS_SOURCE) ? await container.getAsync(LOGITS_SOURCE) : null;
  const naming = nameVariant(settings);
  const ensure = new EnsureVariant(runtime, await container.getAsync(MODEL_CATALOG), builders, naming, bus);
  const choose = new ChooseVariant(config, runtime, ensure);
  const recorder = new MeasurementRecorder(store, runtime, gpu, host, clock, randomUUID);
  const inspect = new InspectModel(runtime, await container.getAllAsync(MODEL_INSPECTOR));
  const devices = new ReadDevices(gpu, host);
  const remote = container.isBound(REMOTE_CATALOG) ? await container.getAllAsync(REMOTE_CATALOG) : [];
  const exact = exactAnswers();
  const planning = new PlanModel({
    ...{ inspect, devices, config, ensure, remote, exact },
    store: forgivingStore(store, warn),
  });
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
  const currentSettings = async (): Promise<Settings> => (await config.load()).settings;
  return {
    runtime,
    settings: new ManageSettings(config, bus),
    devices,
    models: new ListModels(runtime),
    inspect,
    planning,
    choose,
    generation: new GenerateText(runtime, choose, recorder, bus, warn),
    quantization: new QuantizeModel(builders, naming, bus),
    comparison: new CompareLevels({
      runtime,
      ensure,
      logits,
      planner: planning,
      store,
      recorder,
      gpu,
      host,
      clock,
      digest,
    }),
    statistics: new GetStatistics(store),
    diagnosis: new Diagnose({
      config,
      runtime,
      devices,
      choose,
      store,
      checks: [(options) => checkResidentModels({ runtime, inspect, recorder, settings: currentSettings }, options)],
    }),
    close: async () => {
      await Promise.allSettled([runtime.close(), exact.close()]);
    },
  };
}
