import { randomUUID } from 'node:crypto';
import {
  ChooseVariant,
  EnsureVariant,
  GenerateText,
  InspectModel,
  ListModels,
  MeasurementRecorder,
  PlanModel,
} from '@plimsoll/application';
import type { NameVariant, ReadDevices } from '@plimsoll/application';
import {
  CLOCK,
  CONFIG_STORE,
  EVENT_BUS,
  GPU_PROBE,
  HOST_PROBE,
  MEASUREMENT_STORE,
  MODEL_CATALOG,
  MODEL_INSPECTOR,
  MODEL_RUNTIME,
  VARIANT_BUILDER,
} from '@plimsoll/di';
import { variantFileName, variantName } from '@plimsoll/domain';
import type { ModelRuntime, Settings } from '@plimsoll/domain';
import type { Container } from 'inversify';

/** The use cases of one backend. */
export interface BackendUseCases {
  readonly runtime: ModelRuntime;
  readonly models: ListModels;
  readonly generation: GenerateText;
  readonly planning: PlanModel;
}

/** Puts them together from what the container binds. */
export async function backendUseCases(
  container: Container,
  settings: Settings,
  devices: ReadDevices,
  warn: (message: string) => void,
): Promise<BackendUseCases> {
  const runtime = await container.getAsync(MODEL_RUNTIME);
  const [gpu, host, store] = [container.get(GPU_PROBE), container.get(HOST_PROBE), container.get(MEASUREMENT_STORE)];
  const [config, bus, clock] = [container.get(CONFIG_STORE), container.get(EVENT_BUS), container.get(CLOCK)];
  const builders = container.isBound(VARIANT_BUILDER) ? await container.getAllAsync(VARIANT_BUILDER) : [];
  const catalog = await container.getAsync(MODEL_CATALOG);
  const ensure = new EnsureVariant(runtime, catalog, builders, nameVariant(settings), bus);
  const choose = new ChooseVariant(config, runtime, ensure);
  const recorder = new MeasurementRecorder(store, runtime, gpu, host, clock, randomUUID);
  const inspect = new InspectModel(runtime, await container.getAllAsync(MODEL_INSPECTOR));
  return {
    runtime,
    models: new ListModels(runtime),
    generation: new GenerateText(runtime, choose, recorder, bus, warn),
    planning: new PlanModel({ inspect, devices, config, store, ensure }),
  };
}

/** Files are named like files, models of a server in the scheme of the settings. */
function nameVariant({ backend, naming }: Settings): NameVariant {
  return (model, level) =>
    backend === 'ollama' && !/\.gguf$/i.test(model) ? variantName(model, level, naming) : variantFileName(model, level);
}
