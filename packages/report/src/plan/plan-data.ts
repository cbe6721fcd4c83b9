import { KV_CACHE_TYPES, NO_CORRECTION, OWN_PREDICTION_LAYERS } from '@plimsoll/domain';
import type {
  CacheTypes,
  Companions,
  FootprintCorrection,
  KvCacheType,
  VariantLevel,
  MachineSpeed,
  MeasuredSpeed,
  MemoryBudget,
  ModelHeader,
  PlanConstraints,
  PlanModel,
  PlanRequest,
  PlanVariant,
  QualityExpectation,
  RecipeMeasurement,
  RecipeName,
  SizedTensor,
  SpeedEvidence,
} from '@plimsoll/domain';
import { reducedHeader } from './header-data.js';
import type { HeaderData } from './header-data.js';
import type { PlanState } from './plan-state.js';
import { withoutFolders } from '../without-folders.js';

/** What a plan page is made from. */
export interface PlanPageInput {
  readonly input: {
    /** The model's header. The page keeps what footprints are made of; vocabulary and templates stay out. */
    readonly header: ModelHeader;
    /** What is loaded beside the model. */
    readonly companions: Companions;
    /** Variants that recipes made. */
    readonly recipes: ReadonlyMap<RecipeName, Omit<RecipeData, 'name'>>;
  };
  /** What the plan is made from. Of each axis the page starts with the first value. */
  readonly request: PlanRequest;
  /** Share of a device's memory that is left free when the reader chooses another one, 0 to 1. */
  readonly marginFraction: number;
}

/** A speed that was measured at an operating point. */
export interface MeasuredSpeedEntry {
  readonly level: VariantLevel;
  readonly kvCache: KvCacheType;
  readonly gpuLayers: number;
  readonly speed: MeasuredSpeed;
}

/** Quality that was measured at a level with a cache. */
export interface MeasuredQualityEntry extends CacheTypes {
  readonly level: VariantLevel;
  readonly quality: QualityExpectation;
}

/** What measurements say about the prior of a level. */
export interface CalibrationEntry {
  readonly level: VariantLevel;
  readonly kind: 'decode' | 'prefill';
  readonly evidence: SpeedEvidence;
}

/** A recipe's tensors, and what was measured of it when it was made. */
export interface RecipeData {
  readonly name: RecipeName;
  readonly tensors: readonly SizedTensor[];
  readonly measured: RecipeMeasurement | null;
}

/** What was learned by measuring, as plain data. */
export interface LearnedData {
  readonly correction: FootprintCorrection;
  readonly speed: readonly MeasuredSpeedEntry[];
  readonly quality: readonly MeasuredQualityEntry[];
  readonly calibration: readonly CalibrationEntry[];
}

/** Everything that the page's program works on; survives JSON unchanged. */
export interface PlanPageData {
  readonly model: PlanModel;
  readonly header: HeaderData;
  readonly companions: {
    readonly projector: HeaderData | null;
    readonly draft: HeaderData | typeof OWN_PREDICTION_LAYERS | null;
  };
  readonly recipes: readonly RecipeData[];
  readonly budget: MemoryBudget;
  readonly machine: MachineSpeed;
  readonly marginFraction: number;
  readonly levels: readonly VariantLevel[];
  /** What is tried where the plan chooses the cache. */
  readonly cacheTypes: readonly CacheTypes[];
  readonly constraints: PlanConstraints;
  /** Layers on devices that were asked for; null where as many as fit are wanted. */
  readonly gpuLayers: readonly number[] | null;
  readonly microBatchTokens: number | null;
  readonly variants: readonly (readonly [VariantLevel, PlanVariant])[];
  readonly learned: LearnedData;
  readonly start: PlanState;
}

/** Reduces the input to plain data: functions become tables of what they answer. */
export function planPageData({ input, request, marginFraction }: PlanPageInput): PlanPageData {
  const { projector, draft } = input.companions;
  const { model, budget, machine, levels, constraints = {}, variantOf } = request;
  const cache = request.cacheTypes[0] ?? { keyCacheType: 'f16', valueCacheType: 'f16' };
  return {
    model: { ...model, name: withoutFolders(model.name), source: withoutFolders(model.source) },
    header: reducedHeader(input.header),
    companions: {
      projector: projector === undefined ? null : reducedHeader(projector),
      draft: draft === undefined ? null : draft === OWN_PREDICTION_LAYERS ? draft : reducedHeader(draft),
    },
    recipes: [...input.recipes].map(([name, { tensors, measured }]) => ({
      name,
      tensors: tensors.map((tensor) => ({ name: tensor.name, bytes: tensor.bytes })),
      measured,
    })),
    budget,
    machine,
    marginFraction,
    levels,
    cacheTypes: request.cacheTypes,
    constraints,
    gpuLayers: request.gpuLayers ?? null,
    microBatchTokens: request.microBatchTokens ?? null,
    variants: variantOf === undefined ? [] : levels.map((level) => [level, named(variantOf(level))]),
    learned: learnedData(request),
    start: {
      device: null,
      memoryBytes: null,
      cards: 1,
      ramBytes: null,
      ramBandwidth: null,
      contextTokens: request.contexts[0] ?? 8192,
      keyCacheType: request.cacheTypes.length > 1 ? 'best' : cache.keyCacheType,
      valueCacheType: cache.valueCacheType,
      parallel: request.parallel?.[0] ?? 1,
      expertLayersOnHost: request.expertLayersOnHost ?? null,
      flashAttention: request.flashAttention ?? 'auto',
      prefer: request.goal ?? 'balanced',
    },
  };
}

const named = ({ name, status }: PlanVariant): PlanVariant => ({ name: withoutFolders(name), status });

function learnedData(request: PlanRequest): LearnedData {
  return {
    correction: request.correction ?? NO_CORRECTION,
    speed: measuredSpeeds(request),
    quality: measuredQualities(request),
    calibration: calibrations(request),
  };
}

function measuredSpeeds({ levels, architecture, measuredSpeed }: PlanRequest): readonly MeasuredSpeedEntry[] {
  if (measuredSpeed === undefined) return [];
  const placements = Array.from({ length: architecture.layers + architecture.predictionLayers + 2 }, (_, n) => n);
  return levels.flatMap((level) =>
    KV_CACHE_TYPES.flatMap((kvCache) =>
      placements
        .map((gpuLayers) => ({ level, kvCache, gpuLayers, speed: measuredSpeed({ level, kvCache, gpuLayers }) }))
        .filter(({ speed }) => speed.decode.value !== null || speed.prefill.value !== null),
    ),
  );
}

function measuredQualities({ levels, measuredQuality }: PlanRequest): readonly MeasuredQualityEntry[] {
  return levels.flatMap((level) =>
    KV_CACHE_TYPES.flatMap((keyCacheType) =>
      KV_CACHE_TYPES.flatMap((valueCacheType) => {
        const quality = measuredQuality?.(level, { keyCacheType, valueCacheType }) ?? null;
        return quality === null ? [] : [{ level, keyCacheType, valueCacheType, quality }];
      }),
    ),
  );
}

function calibrations({ levels, model, budget, calibration }: PlanRequest): readonly CalibrationEntry[] {
  if (calibration === undefined) return [];
  const subject = { architecture: model.architecture, device: budget.devices[0]?.name ?? null };
  return levels.flatMap((level) =>
    (['decode', 'prefill'] as const).flatMap((kind): readonly CalibrationEntry[] => {
      const evidence = calibration.evidence({ ...subject, kind, level });
      return evidence === null ? [] : [{ level, kind, evidence }];
    }),
  );
}
