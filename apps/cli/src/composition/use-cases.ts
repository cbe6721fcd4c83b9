import { randomUUID } from 'node:crypto';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import {
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
  ProposeForModels,
  QuantizeModel,
  ReadDevices,
  checkResidentModels,
} from '@plimsoll/application';
import { nameVariant } from '@plimsoll/composition/name-variant';
import {
  CLOCK,
  CONFIG_STORE,
  EVENT_BUS,
  GPU_PROBE,
  HOST_PROBE,
  MODEL_CATALOG,
  MODEL_INSPECTOR,
  MODEL_RUNTIME,
  VARIANT_BUILDER,
} from '@plimsoll/di';
import { parseModelReference, type ModelRuntime } from '@plimsoll/domain';
import { lateStore } from './late-store.js';
import type { Services } from './services.js';

/** Lists the backend's models. */
export async function listModels(services: Services): Promise<ListModels> {
  return new ListModels(await services.get(MODEL_RUNTIME));
}

/** Reads headers of what `model` names. Nothing is loaded that this kind of name does not need. */
export async function inspectModel(services: Services, model: string): Promise<InspectModel> {
  const { kind } = parseModelReference(model);
  if (kind === 'file') return new InspectModel(NO_NAMES, [new FileModelInspector()]);
  const runtime = kind === 'name' ? await services.get(MODEL_RUNTIME) : NO_NAMES;
  return new InspectModel(runtime, await services.getAll(MODEL_INSPECTOR));
}

const NO_NAMES: Pick<ModelRuntime, 'find'> = { find: async () => null };

/** Looks at devices and machine. */
export async function readDevices(services: Services): Promise<ReadDevices> {
  return new ReadDevices(await services.get(GPU_PROBE), await services.get(HOST_PROBE));
}

/** Makes variants. */
export async function quantizeModel(services: Services): Promise<QuantizeModel> {
  return new QuantizeModel(
    await services.getAll(VARIANT_BUILDER),
    nameVariant(services.loaded.settings),
    await services.get(EVENT_BUS),
  );
}

/** Finds variants, and makes them. */
export async function ensureVariant(services: Services): Promise<EnsureVariant> {
  return new EnsureVariant(
    await services.get(MODEL_RUNTIME),
    await services.get(MODEL_CATALOG),
    await services.getAll(VARIANT_BUILDER),
    nameVariant(services.loaded.settings),
    await services.get(EVENT_BUS),
  );
}

/** Chooses the variant that runs. */
export async function chooseVariant(services: Services): Promise<ChooseVariant> {
  return new ChooseVariant(
    await services.get(CONFIG_STORE),
    await services.get(MODEL_RUNTIME),
    await ensureVariant(services),
  );
}

/** Keeps measurements. */
export async function measurementRecorder(services: Services): Promise<MeasurementRecorder> {
  return new MeasurementRecorder(
    lateStore(services),
    await services.get(MODEL_RUNTIME),
    await services.get(GPU_PROBE),
    await services.get(HOST_PROBE),
    await services.get(CLOCK),
    randomUUID,
  );
}

/** Generates text; `warn` hears of what went wrong beside the answer. */
export async function generateText(services: Services, warn: (message: string) => void): Promise<GenerateText> {
  return new GenerateText(
    await services.get(MODEL_RUNTIME),
    await chooseVariant(services),
    await measurementRecorder(services),
    await services.get(EVENT_BUS),
    warn,
  );
}

/** Recorded performance. */
export async function getStatistics(services: Services): Promise<GetStatistics> {
  return new GetStatistics(lateStore(services));
}

/** Trends, and what got worse. */
export async function findRegressions(services: Services): Promise<FindRegressions> {
  return new FindRegressions(lateStore(services), await services.get(CONFIG_STORE));
}

/** Settings that measurements speak for. */
export async function proposeForModels(services: Services): Promise<ProposeForModels> {
  const settings = new ManageSettings(await services.get(CONFIG_STORE), await services.get(EVENT_BUS));
  return new ProposeForModels(lateStore(services), settings);
}

/** Finds what is wrong. */
export async function diagnose(services: Services): Promise<Diagnose> {
  const [config, regressions] = [await services.get(CONFIG_STORE), await findRegressions(services)];
  const resident = {
    runtime: await services.get(MODEL_RUNTIME),
    inspect: new InspectModel(await services.get(MODEL_RUNTIME), await services.getAll(MODEL_INSPECTOR)),
    recorder: await measurementRecorder(services),
    settings: async () => (await config.load()).settings,
  };
  return new Diagnose({
    config: await services.get(CONFIG_STORE),
    runtime: await services.get(MODEL_RUNTIME),
    devices: await readDevices(services),
    choose: await chooseVariant(services),
    store: lateStore(services),
    checks: [() => regressions.check(), (options) => checkResidentModels(resident, options)],
  });
}
