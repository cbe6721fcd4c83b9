import { createHash, randomUUID } from 'node:crypto';
import {
  ChooseVariant,
  CompareLevels,
  Diagnose,
  EnsureVariant,
  GenerateText,
  GetStatistics,
  InspectModel,
  ListModels,
  MeasurementRecorder,
  QuantizeModel,
  ReadDevices,
  type NameVariant,
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
  VARIANT_BUILDER,
} from '@plimsoll/di';
import { variantFileName, variantName, type Settings } from '@plimsoll/domain';
import type { Services } from './services.js';

/** Lists the backend's models. */
export async function listModels(services: Services): Promise<ListModels> {
  return new ListModels(await services.get(MODEL_RUNTIME));
}

/** Reads headers. */
export async function inspectModel(services: Services): Promise<InspectModel> {
  return new InspectModel(await services.get(MODEL_RUNTIME), await services.getAll(MODEL_INSPECTOR));
}

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
    await services.get(MEASUREMENT_STORE),
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

/** Compares levels. */
export async function compareLevels(services: Services): Promise<CompareLevels> {
  return new CompareLevels({
    runtime: await services.get(MODEL_RUNTIME),
    ensure: await ensureVariant(services),
    logits: await services.find(LOGITS_SOURCE),
    store: await services.get(MEASUREMENT_STORE),
    recorder: await measurementRecorder(services),
    gpu: await services.get(GPU_PROBE),
    clock: await services.get(CLOCK),
    digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
  });
}

/** Recorded performance. */
export async function getStatistics(services: Services): Promise<GetStatistics> {
  return new GetStatistics(await services.get(MEASUREMENT_STORE));
}

/** Finds what is wrong. */
export async function diagnose(services: Services): Promise<Diagnose> {
  return new Diagnose({
    config: await services.get(CONFIG_STORE),
    runtime: await services.get(MODEL_RUNTIME),
    devices: await readDevices(services),
    choose: await chooseVariant(services),
    store: await services.get(MEASUREMENT_STORE),
  });
}

/** Files are named like files, models of a server in the scheme of the settings. */
function nameVariant(settings: Settings): NameVariant {
  return (model, level) =>
    settings.backend === 'ollama' && !/\.gguf$/i.test(model)
      ? variantName(model, level, settings.naming)
      : variantFileName(model, level);
}
