import {
  createPlan,
  isCloudName,
  isFullPrecision,
  isPlimsollError,
  isQuantizedName,
  levelInFileName,
  parseModelReference,
  resolveQuantization,
} from '@plimsoll/domain';
import type {
  CallOptions,
  ConfigStore,
  VariantLevel,
  LoadedSettings,
  LoadOptions,
  Plan,
  PlanCandidate,
  PlanRequest,
  RuntimeCapabilities,
} from '@plimsoll/domain';
import { fileLevel } from './file-level.js';
import type { PlanModel, PreparedPlan } from './plan-model.js';
import type { PlanModelRequest } from './plan-model-request.js';

/** What is fixed beforehand about a run; the plan decides the rest. */
export type RunWishes = Pick<
  PlanModelRequest,
  | 'contexts'
  | 'keyCacheTypes'
  | 'valueCacheTypes'
  | 'gpuLayers'
  | 'expertLayersOnHost'
  | 'parallel'
  | 'microBatchTokens'
  | 'flashAttention'
  | 'prefer'
> & {
  readonly model: string;
  readonly level?: VariantLevel | undefined;
  /** Whether a variant that is not here may be made or fetched. */
  readonly make: boolean;
};

/** What a plan recommends to run on this machine, ready to be run. */
export interface PointToRun {
  /** The level to ask for; absent where the settings or the name lead to the variant anyway. */
  readonly level: VariantLevel | undefined;
  /** All of the point that the backend can be told. */
  readonly load: LoadOptions;
  readonly candidate: PlanCandidate;
  readonly plan: Plan;
  /** Who decided the level: the plan, or someone above it. */
  readonly decidedBy: 'plan' | 'flag' | 'settings' | 'name';
}

/** What points are looked for with. */
export interface RecommendPointDependencies {
  readonly planner: PlanModel;
  readonly config: ConfigStore;
  readonly capabilities: RuntimeCapabilities;
  /** Whether the backend fetches what is elsewhere. */
  readonly downloads: boolean;
}

/**
 * Finds the point to run a model at on this machine. Flags, pins and settings stand above the plan: what they fix is
 * taken as it is, and the rest is planned around it.
 */
export class RecommendPoint {
  readonly #with: RecommendPointDependencies;

  constructor(dependencies: RecommendPointDependencies) {
    this.#with = dependencies;
  }

  /**
   * Null where no plan can be made, or what was fixed does not fit by it: the settings decide then, and the backend
   * places layers. `nothing-fits` when the plan was free to choose and found nothing.
   */
  async recommend(wishes: RunWishes, options?: CallOptions): Promise<PointToRun | 'nothing-fits' | null> {
    const { planner, config, capabilities } = this.#with;
    try {
      const loaded = await config.load(options);
      const ownCache = capabilities.kvCachePerModel === true;
      const asked: PlanModelRequest = { ...wishes, ...(ownCache ? {} : USUAL_CACHE) };
      const prepared = await planner.prepare(asked, options);
      const decision = decide(wishes, prepared, loaded);
      const request = await this.#within(prepared, decision.level, asked, options);
      const available = request.levels.filter((each) => this.#canBeHad(request, each, wishes.make));
      if (available.length === 0) return null;
      const plan = createPlan({ ...request, levels: available });
      const candidate = plan.recommended?.candidate;
      if (candidate === undefined) return decision.by === 'plan' ? 'nothing-fits' : null;
      return {
        level: decision.by === 'plan' || decision.by === 'flag' ? candidate.level : undefined,
        load: ownCache ? candidate.shape : partsOf(candidate),
        candidate,
        plan,
        decidedBy: decision.by,
      };
    } catch (error) {
      // Whoever runs the model says what is wrong with it; a plan that cannot be made keeps nothing from running.
      if (isPlimsollError(error) && error.code !== 'cancelled') return null;
      throw error;
    }
  }

  /** The prepared request with the decided level alone; prepared again where the plan had not looked at that one. */
  async #within(
    prepared: PreparedPlan,
    level: VariantLevel | null,
    wishes: Omit<PlanModelRequest, 'levels'>,
    options?: CallOptions,
  ): Promise<PlanRequest> {
    if (level === null) return prepared.request;
    if (prepared.request.levels.includes(level)) return { ...prepared.request, levels: [level] };
    return (await this.#with.planner.prepare({ ...wishes, levels: [level] }, options)).request;
  }

  #canBeHad(request: PlanRequest, level: VariantLevel, make: boolean): boolean {
    const status = request.variantOf?.(level).status;
    if (status === 'local' || !make) return status === 'local';
    return status === 'buildable' || (status === 'remote' && this.#with.downloads);
  }
}

/** A server that has one cache type for all models keeps to it. */
const USUAL_CACHE = { keyCacheTypes: ['f16'], valueCacheTypes: ['f16'] } as const;

interface Decision {
  readonly level: VariantLevel | null;
  readonly by: PointToRun['decidedBy'];
}

/** Who decides the level, the highest first: a flag, the name or the file itself, settings that somebody made. */
function decide({ model, level }: RunWishes, prepared: PreparedPlan, { settings, origins }: LoadedSettings): Decision {
  if (level !== undefined) return { level, by: 'flag' };
  const own = fileLevel(prepared.input);
  const isFile = parseModelReference(model).kind === 'file';
  const stated = levelInFileName(model);
  const isChoice = isFile ? stated !== null && !isFullPrecision(stated) : isQuantizedName(model) || isCloudName(model);
  if (isChoice || (isFile && own !== null && !isFullPrecision(own))) return { level: own, by: 'name' };
  const wanted = resolveQuantization(settings, model);
  const isPinned =
    wanted.decidedBy === 'model-override' ||
    origins.quantizationLevel !== 'default' ||
    origins.quantizationBits !== 'default';
  if (!wanted.enabled) return { level: own, by: 'settings' };
  return isPinned ? { level: wanted.level, by: 'settings' } : { level: null, by: 'plan' };
}

/** For a server that places by itself: the context, and the layers where a part has to stay behind. */
function partsOf({ shape, fit }: PlanCandidate): LoadOptions {
  const { gpuLayers, expertLayersOnHost } = shape.placement;
  const says = fit === 'partial' && expertLayersOnHost === 0;
  return { contextTokens: shape.contextTokens, ...(says ? { placement: { gpuLayers } } : {}) };
}
