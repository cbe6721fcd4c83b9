import type { Warn } from '@plimsoll/application';
import { createHash, randomUUID } from 'node:crypto';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import {
  BackgroundBuilds,
  ChooseVariant,
  CompareLevels,
  EnsureVariant,
  GenerateText,
  InspectModel,
  ListModels,
  MeasurementRecorder,
  QuantizeModel,
  RecommendPoint,
  type Diagnose,
  type PlanModel,
  type CompareDependencies,
  type PlaceRequests,
} from '@plimsoll/application';
import {
  CLOCK,
  CONFIG_STORE,
  EVENT_BUS,
  GPU_PROBE,
  HOST_PROBE,
  IMPORTANCE_COLLECTOR,
  LOGITS_SOURCE,
  MODEL_CATALOG,
  MODEL_INSPECTOR,
  MODEL_RUNTIME,
  VARIANT_BUILDER,
  type BackendDescriptor,
} from '@plimsoll/di';
import { parseModelReference, type ImportanceCollector, type ModelRuntime, type Settings } from '@plimsoll/domain';
import { backendDiagnosis } from './backend-diagnosis.js';
import { backendPlanning } from './backend-planning.js';
import { fallbackMeasurementStore } from './fallback-measurement-store.js';
import { findBackend } from './find-backend.js';
import { startGovernor, type Governor, type GovernorOptions } from './governor.js';
import { nameVariant } from './name-variant.js';
import { once } from './once.js';
import { recipeTools, type RecipeTools } from './recipe-tools.js';
import type { Services } from './services.js';
import type { SharedUseCases } from './shared-use-cases.js';

/** Use cases over the backend that the settings choose. Each is made, and opens its adapters, when it is first asked for. */
export interface BackendUseCases extends RecipeTools {
  /** The settings by which this backend was opened. */
  readonly settings: Settings;
  /** What is known of it without opening it. */
  readonly backend: BackendDescriptor;
  readonly runtime: () => Promise<ModelRuntime>;
  readonly models: () => Promise<ListModels>;
  /** Reads headers; of the named `model` alone, with no more than that kind of name needs. */
  readonly inspect: (model?: string) => Promise<InspectModel>;
  /**
   * Plans; the named `model` alone. For a file and the engine inside, headers say which variants are there and which
   * could be made, and no engine is started.
   */
  readonly planning: (model?: string) => Promise<PlanModel>;
  /** Finds the point to run a model at; null where models run on another machine, of which nothing is known. */
  readonly recommending: (model: string) => Promise<RecommendPoint | null>;
  /** Finds variants, and makes them. */
  readonly ensure: () => Promise<EnsureVariant>;
  /** Makes missing variants while others answer. */
  readonly builds: () => Promise<BackgroundBuilds>;
  /** Chooses the variant that runs. */
  readonly choose: () => Promise<ChooseVariant>;
  /** Holds variants for requests: through the governor, where there is one. */
  readonly places: () => Promise<PlaceRequests>;
  /** Null where memory is not governed. */
  readonly governor: () => Promise<Governor | null>;
  readonly generation: () => Promise<GenerateText>;
  readonly quantization: () => Promise<QuantizeModel>;
  /** Collects importance matrices on the engine inside. */
  readonly importance: () => Promise<ImportanceCollector>;
  readonly comparison: (options?: ComparisonOptions) => Promise<CompareLevels>;
  /** Keeps measurements. */
  readonly recorder: () => Promise<MeasurementRecorder>;
  readonly diagnosis: () => Promise<Diagnose>;
}

/** What a comparison is about. */
export interface ComparisonOptions {
  /** The model, where it is known in advance; see `planning`. */
  readonly model?: string | undefined;
  /** Judges the answers to tasks; without one there are no tasks. */
  readonly grader?: CompareDependencies['grader'];
}

/** What the use cases are made of. */
export interface BackendUseCasesOptions {
  readonly services: Services;
  readonly settings: Settings;
  readonly shared: SharedUseCases;
  /** Receives what went wrong beside an answer. */
  readonly warn: Warn;
  /** How memory is governed, or null when it is not. */
  readonly govern: GovernorOptions | null;
  /** Aborts when the backend is given up. */
  readonly signal: AbortSignal;
}

/** For models that no backend needs to be asked about. */
const NO_NAMES: Pick<ModelRuntime, 'find'> = { find: async () => null };

/** Puts the use cases together. Where the backend has no builder or no logits, none are used. */
export function backendUseCases(options: BackendUseCasesOptions): BackendUseCases {
  const { services, settings, shared, warn, govern, signal } = options;
  const { store } = shared;
  const backend = findBackend(settings.backend);
  const naming = nameVariant(settings);
  const runtime = (): Promise<ModelRuntime> => services.get(MODEL_RUNTIME);

  const inspectNamed = async (model: string): Promise<InspectModel> => {
    const { kind } = parseModelReference(model);
    if (kind === 'file') return new InspectModel(NO_NAMES, [new FileModelInspector()]);
    return kind === 'name' ? inspectAny() : new InspectModel(NO_NAMES, await services.getAll(MODEL_INSPECTOR));
  };
  // The backend first: its own inspector knows its names best.
  const inspectAny = once(
    async () =>
      new InspectModel(await runtime(), await services.getAll(MODEL_INSPECTOR), await services.get(MODEL_CATALOG)),
  );
  const inspect = (model?: string): Promise<InspectModel> => (model === undefined ? inspectAny() : inspectNamed(model));

  const ensure = once(
    async () =>
      new EnsureVariant(
        await runtime(),
        await services.get(MODEL_CATALOG),
        await services.getAll(VARIANT_BUILDER),
        naming,
        await services.get(EVENT_BUS),
      ),
  );
  const builds = once(async () => {
    const background = new BackgroundBuilds(await ensure(), await services.get(EVENT_BUS), await services.get(CLOCK));
    signal.addEventListener('abort', () => void background.close(), { once: true });
    services.onClose(() => void background.close());
    return background;
  });
  const choose = once(async () => {
    const config = await services.get(CONFIG_STORE);
    const clock = await services.get(CLOCK);
    const choosing = new ChooseVariant(config, await runtime(), await ensure(), clock, await builds());
    const unsubscribe = (await services.get(EVENT_BUS)).subscribe((event) => {
      if (event.type === 'variant-built' || (event.type === 'generation-finished' && !event.succeeded))
        choosing.forget();
    });
    services.onClose(unsubscribe);
    return choosing;
  });
  const recorder = once(
    async () =>
      new MeasurementRecorder(
        store,
        await runtime(),
        await services.get(GPU_PROBE),
        await services.get(HOST_PROBE),
        await services.get(CLOCK),
        randomUUID,
      ),
  );

  const planning = backendPlanning({ services, shared, backend, naming, warn, inspect, ensure });

  const governor = once(async () => {
    if (govern === null) return null;
    const parts = {
      runtime: await runtime(),
      choose: await choose(),
      planner: await planning(),
      devices: await shared.devices(),
      gpu: await services.get(GPU_PROBE),
      host: await services.get(HOST_PROBE),
      clock: await services.get(CLOCK),
      events: await services.get(EVENT_BUS),
      store: fallbackMeasurementStore(store, warn),
    };
    return startGovernor({ ...parts, settings, signal }, govern);
  });
  const places = async (): Promise<PlaceRequests> => (await governor())?.models ?? (await choose());

  return {
    settings,
    backend,
    runtime,
    models: once(async () => new ListModels(await runtime())),
    inspect,
    planning,
    async recommending(model) {
      if (!(backend.runsHere?.(settings) ?? backend.runsFiles)) return null;
      const [planner, config] = [await planning(model), await services.get(CONFIG_STORE)];
      const { capabilities } = await runtime();
      return new RecommendPoint({ planner, config, capabilities, downloads: backend.downloads });
    },
    ensure,
    builds,
    choose,
    places,
    governor,
    recorder,
    generation: once(
      async () =>
        new GenerateText(await runtime(), await places(), await recorder(), await services.get(EVENT_BUS), warn),
    ),
    quantization: once(
      async () =>
        new QuantizeModel(
          await services.getAll(VARIANT_BUILDER),
          naming,
          await services.get(EVENT_BUS),
          async (model, options) => (await ensure()).source(model, options),
        ),
    ),
    importance: () => services.get(IMPORTANCE_COLLECTOR),
    ...recipeTools({ services, settings, shared, backend }),
    comparison: async ({ model, grader } = {}) =>
      new CompareLevels({
        planner: await planning(model),
        runtime: await runtime(),
        ensure: await ensure(),
        logits: await services.find(LOGITS_SOURCE),
        store,
        recorder: await recorder(),
        gpu: await services.get(GPU_PROBE),
        host: await services.get(HOST_PROBE),
        clock: await services.get(CLOCK),
        grader,
        digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
      }),
    diagnosis: once(() => backendDiagnosis({ services, shared, backend, runtime, inspect, recorder, choose })),
  };
}
