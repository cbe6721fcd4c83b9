import {
  InvalidInputError,
  OWN_PREDICTION_LAYERS,
  createPlan,
  metadataString,
  planTogether,
  resolveQuantization,
} from '@plimsoll/domain';
import type {
  CacheTypes,
  CallOptions,
  Companions,
  ConfigStore,
  HostReading,
  KvCacheType,
  MeasurementStore,
  ModelCatalog,
  ModelHeader,
  Plan,
  PlanRequest,
  ResidentPlan,
} from '@plimsoll/domain';
import type { MachineState, ReadDevices } from '../devices/read-devices.js';
import type { InspectModel } from '../models/inspect-model.js';
import type { EnsureVariant } from '../variants/ensure-variant.js';
import { exactPlan } from './exact-plan.js';
import type { ExactPlanDependencies, ExactPlanOptions, ExactPlanSubject } from './exact-plan.js';
import { exactPlanSubject, requireEngine } from './exact-plan-subject.js';
import { fileLevel, publishedLevel } from './file-level.js';
import { learnedKnowledge } from './learned-knowledge.js';
import { isWorthOffering, usualLevels } from './levels-to-plan.js';
import { isElsewhere, machineForPlan } from './machine-for-plan.js';
import { plannedFootprints, planRequestOf } from './plan-input.js';
import type { PlanInput } from './plan-input.js';
import type { PlanModelRequest } from './plan-model-request.js';
import { plannedRecipes, withRecipes } from './planned-recipes.js';
import { fileAtUrl, offeredEntries, offeredLevels, plannedVariants } from './planned-variants.js';

/** Context that is planned for when neither the request nor the settings say one. */
const USUAL_CONTEXT = 8192;

/** What a plan needs. */
export interface PlanModelDependencies {
  readonly inspect: InspectModel;
  readonly devices: ReadDevices;
  /** Measured bandwidth of this machine's RAM in bytes per second; null or absent where it is not known. */
  readonly memoryBandwidth?: ((host: HostReading) => Promise<number | null>) | undefined;
  readonly config: ConfigStore;
  readonly store: MeasurementStore;
  readonly ensure: EnsureVariant;
  /** What repositories and libraries offer for download; asked about models that are named by them. */
  readonly remote?: readonly ModelCatalog[] | undefined;
  /** The engine's own answers; without it plans cannot be exact. */
  readonly exact?: ExactPlanDependencies | undefined;
}

/** Everything that a plan is made from, for those who go on asking: what if there were more memory? */
export interface PreparedPlan {
  /** The same as `request`, as plain data. */
  readonly input: PlanInput;
  readonly request: PlanRequest;
  /** Assumptions behind the bytes, for people. */
  readonly notes: readonly string[];
  /** Share of each memory that is left free, 0 to 1. */
  readonly marginFraction: number;
  /** What asking the engine for exact bytes starts from. */
  readonly exact: ExactPlanSubject;
}

/** Plans a model on this machine, or on one that is described: what fits, how fast, how good, and what to take. */
export class PlanModel {
  readonly #with: PlanModelDependencies;

  constructor(dependencies: PlanModelDependencies) {
    this.#with = dependencies;
  }

  /** @throws ModelNotFoundError, InvalidModelFileError, InvalidInputError */
  async plan(request: PlanModelRequest, options?: CallOptions): Promise<Plan> {
    return createPlan((await this.prepare(request, options)).request);
  }

  /**
   * Plans with the engine's own bytes, which it tells without allocating them, where it knows the model.
   * @throws CapabilityMissingError without an engine, InvalidInputError with something beside the model; as `exactPlan`
   */
  async planExactly(prepared: PreparedPlan, options?: ExactPlanOptions): Promise<Plan> {
    const { exact, store } = this.#with;
    const { projector, draft } = prepared.input.companions;
    if (projector !== undefined || draft !== undefined) {
      throw new InvalidInputError('The engine is asked about a model alone, without a projector or a draft model.', {
        hint: 'Plan without exact bytes: the closed form counts what is loaded beside the model.',
        remedies: [{ kind: 'leave-out', option: 'exact' }],
      });
    }
    return exactPlan({ ...requireEngine(exact), store }, prepared.exact, options);
  }

  /**
   * Plans several models to be resident at once; what is asked of the machine and the levels holds for all.
   * @throws InvalidInputError for none or too many; as `plan` for each
   */
  async planTogether(
    models: readonly string[],
    request: Omit<PlanModelRequest, 'model'>,
    options?: CallOptions,
  ): Promise<ResidentPlan> {
    const requests: PlanRequest[] = [];
    for (const model of models) requests.push((await this.prepare({ ...request, model }, options)).request);
    return planTogether(requests);
  }

  /** What `plan` decides from. Errors as there. */
  async prepare(request: PlanModelRequest, options?: CallOptions): Promise<PreparedPlan> {
    const [inspected, companions, state, { settings }] = await Promise.all([
      this.#with.inspect.inspect(request.model, options),
      this.#companions(request, options),
      this.#machine(request, options),
      this.#with.config.load(options),
    ]);
    const machine = machineForPlan(request, state, settings);
    const { header } = inspected;
    const recipes = await plannedRecipes(this.#with, request.model, inspected, options);
    const footprintModel = plannedFootprints({ header, companions, recipes });
    const { architecture } = footprintModel;
    const wanted = resolveQuantization(settings, request.model);
    const context = wanted.contextTokens ?? Math.min(USUAL_CONTEXT, architecture.contextTokens ?? USUAL_CONTEXT);
    const offered = await offeredEntries(this.#with.remote ?? [], request.model, options);
    const asked =
      request.levels ?? withRecipes(offeredLevels(offered, fileLevel(inspected)) ?? usualLevels(inspected), recipes);
    const device = machine.budget.devices[0]?.name ?? state.host.processorName;
    const found = [...offered, ...fileAtUrl(request.model, inspected)];
    const variants = await plannedVariants(
      this.#with.ensure,
      { model: request.model, levels: asked, offered: found },
      options,
    );
    const { overhead, ...learned } = await learnedKnowledge(
      this.#with.store,
      {
        digests: [...variants.values()].flatMap(({ digest }) => digest ?? []),
        architecture: header.architecture,
        device,
      },
      options,
    );
    const levels =
      request.levels ?? asked.filter((level) => isWorthOffering(inspected, footprintModel, level, variants.get(level)));
    const input: PlanInput = {
      model: {
        name: metadataString(header, 'general.name') ?? request.model,
        architecture: header.architecture,
        parameters: architecture.parameters,
        contextLength: architecture.contextTokens,
        source: inspected.origin,
      },
      architecture,
      budget: machine.budget,
      machine: machine.speed,
      levels,
      publishedLevel: publishedLevel(inspected) ?? undefined,
      cacheTypes: cacheTypes(request, wanted),
      contexts: request.contexts ?? [context],
      parallel: request.parallel,
      gpuLayers: request.gpuLayers,
      expertLayersOnHost: request.expertLayersOnHost,
      microBatchTokens: request.microBatchTokens,
      flashAttention: request.flashAttention,
      goal: request.prefer,
      constraints: request.constraints,
      header,
      companions,
      ownLevel: fileLevel(inspected),
      variants,
      recipes,
      named: request.model,
      ...learned,
    };
    const prepared = planRequestOf(input, footprintModel);
    const exact = exactPlanSubject(prepared, { inspected, overhead, state, model: request.model, recipes });
    const { notes } = footprintModel;
    return { input, request: prepared, notes, marginFraction: settings.memoryMarginFraction, exact };
  }

  /** A data sheet knows the memory of a chip better than a measurement. */
  async #machine(request: PlanModelRequest, options?: CallOptions): Promise<MachineState> {
    const { devices, memoryBandwidth } = this.#with;
    const state = await (describesDevices(request) ? devices.readHost() : devices.read(options));
    if (isElsewhere(request) || state.host.memoryBandwidth !== null) return state;
    const measuredMemoryBandwidth = (await memoryBandwidth?.(state.host)) ?? null;
    return measuredMemoryBandwidth === null ? state : { ...state, host: { ...state.host, measuredMemoryBandwidth } };
  }

  async #companions({ projector, draft }: PlanModelRequest, options?: CallOptions): Promise<Companions> {
    const headerOf = async (model: string | undefined): Promise<ModelHeader | undefined> =>
      model === undefined ? undefined : (await this.#with.inspect.inspect(model, options)).header;
    const drafting = draft === OWN_PREDICTION_LAYERS ? draft : await headerOf(draft);
    return { projector: await headerOf(projector), draft: drafting };
  }
}

/** Whether the plan is for devices other than those of this machine. */
const describesDevices = ({ gpu, vramBytes }: PlanModelRequest): boolean =>
  gpu !== undefined || vramBytes !== undefined;

/** Half the bytes of f16 at hardly any loss: considered wherever no other cache is set. */
const HALF_CACHE: CacheTypes = { keyCacheType: 'q8_0', valueCacheType: 'q8_0' };

function cacheTypes(request: PlanModelRequest, wanted: CacheTypes): readonly CacheTypes[] {
  const { keyCacheTypes, valueCacheTypes = [] } = request;
  if (keyCacheTypes === undefined) {
    const { keyCacheType, valueCacheType } = wanted;
    const usual = keyCacheType === 'f16' && valueCacheType === 'f16' && request.flashAttention !== 'off';
    return [{ keyCacheType, valueCacheType }, ...(usual ? [HALF_CACHE] : [])];
  }
  return keyCacheTypes.map((keyCacheType: KvCacheType, index) => ({
    keyCacheType,
    valueCacheType: valueCacheTypes[index] ?? keyCacheType,
  }));
}
