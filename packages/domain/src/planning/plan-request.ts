import type { Footprint } from '../footprint/footprint.js';
import type { FlashAttention, RunShape } from '../footprint/operating-point.js';
import type { ModelArchitecture } from '../model/architecture.js';
import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { Level } from '../quantization/level.js';
import type { RecipeMeasurement } from '../quantization/file-recipe.js';
import type { RecipeName, VariantLevel } from '../quantization/variant-level.js';
import type { MemoryBudget } from './budget.js';
import type { SpeedCalibration } from '../learning/calibration.js';
import type { FootprintCorrection } from '../learning/correction.js';
import type { MeasuredPoint, MeasuredSpeed } from '../learning/measured-speed.js';
import type { PlanModel, PlanVariant } from './plan.js';
import type { QualityExpectation } from '../prediction/quality-prior.js';
import type { MachineSpeed } from '../prediction/speed.js';

/** Gives the footprint of a level in some shape. */
export type FootprintFunction = (level: VariantLevel, shape: RunShape) => Footprint;

/** What of an architecture a plan needs; a `ModelArchitecture` is one. */
export type PlannedArchitecture = Pick<
  ModelArchitecture,
  'layers' | 'predictionLayers' | 'tiedEmbeddings' | 'experts' | 'activeParameters'
>;

/** Types of the two halves of a cache. */
export interface CacheTypes {
  readonly keyCacheType: KvCacheType;
  readonly valueCacheType: KvCacheType;
}

/** What a recommended operating point has to meet. Absent is no demand. A demand on something unknown is not met. */
export interface PlanConstraints {
  readonly minContextTokens?: number | undefined;
  /** A speed that cannot be predicted is let pass and said to be unknown. */
  readonly minDecodeTokensPerSecond?: number | undefined;
  /** Relative: 0.03 is 3 % more. */
  readonly maxPerplexityIncrease?: number | undefined;
  readonly maxMeanKld?: number | undefined;
  readonly minSameTopToken?: number | undefined;
  /** Whether layers may stay on the host; yes when absent. */
  readonly allowPartial?: boolean | undefined;
}

/** What to prefer among all that meets the constraints; `balanced` when nothing is said. See `utility`. */
export type PlanGoal = 'quality' | 'speed' | 'balanced';

/** Everything that a plan is made from. */
export interface PlanRequest {
  readonly model: PlanModel;
  readonly architecture: PlannedArchitecture;
  readonly footprint: FootprintFunction;
  readonly budget: MemoryBudget;
  /** Devices in the budget's order. */
  readonly machine: MachineSpeed;
  readonly levels: readonly VariantLevel[];
  /** The level the model was trained and published at, where that is a quantized one, such as MXFP4 of gpt-oss. */
  readonly publishedLevel?: Level | undefined;
  readonly cacheTypes: readonly CacheTypes[];
  /** Context lengths, per sequence. */
  readonly contexts: readonly number[];
  /** The context to aim for; the largest of `contexts` up to 8,192 when absent. */
  readonly wantedContextTokens?: number | undefined;
  readonly parallel?: readonly number[] | undefined;
  /** Layers on devices: as many as fit when absent, else exactly these. */
  readonly gpuLayers?: readonly number[] | undefined;
  /** Layers, counted from the first, whose experts stay on the host: as few as needed when absent, else exactly these. */
  readonly expertLayersOnHost?: number | undefined;
  readonly microBatchTokens?: number | undefined;
  readonly flashAttention?: FlashAttention | undefined;
  readonly goal?: PlanGoal | undefined;
  readonly constraints?: PlanConstraints | undefined;
  readonly variantOf?: ((level: VariantLevel) => PlanVariant) | undefined;
  /** What was measured here, before any prior. */
  readonly measuredSpeed?: ((point: MeasuredPoint) => MeasuredSpeed) | undefined;
  /** Measured quality of a level with a cache, or null. */
  readonly measuredQuality?: ((level: VariantLevel, cache: CacheTypes) => QualityExpectation | null) | undefined;
  /** What was measured of a recipe when it was made, or null. */
  readonly recipeOf?: ((recipe: RecipeName) => RecipeMeasurement | null) | undefined;
  readonly calibration?: SpeedCalibration | undefined;
  readonly correction?: FootprintCorrection | undefined;
}
