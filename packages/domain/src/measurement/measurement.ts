import type { PartialShape } from '../footprint/operating-point.js';
import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { VariantLevel } from '../quantization/variant-level.js';

/** One generation call, as it was timed. Null is unknown. All durations are milliseconds. */
export interface GenerationTimings {
  readonly promptTokens: number | null;
  /** Prompt tokens that came from a cache and were not processed; null when the backend does not tell. */
  readonly cachedPromptTokens: number | null;
  readonly generatedTokens: number | null;
  readonly loadMs: number | null;
  readonly prefillMs: number | null;
  readonly decodeMs: number | null;
  /** From the request to the first token, as the caller saw it. */
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

/** Quality of one candidate against a reference level, by the definitions of llama-perplexity. */
export interface QualityResult {
  readonly scoredTokens: number;
  readonly perplexity: number;
  readonly perplexityStandardError: number;
  readonly referencePerplexity: number;
  readonly referencePerplexityStandardError: number;
  /** PPL(candidate) / PPL(reference). */
  readonly perplexityRatio: number;
  readonly perplexityRatioStandardError: number;
  readonly meanKld: number;
  readonly meanKldStandardError: number;
  /** KL divergence at chosen quantiles, by quantile in 0..1. */
  readonly kldQuantiles: Readonly<Record<string, number>>;
  readonly sameTopToken: number;
  readonly sameTopTokenStandardError: number;
  readonly rmsDeltaP: number;
  readonly rmsDeltaPStandardError: number;
  /** `full` vocabulary, or a lower bound from the best tokens with the mean mass that was not seen. */
  readonly coverage:
    | { readonly kind: 'full' }
    | { readonly kind: 'top-k'; readonly k: number; readonly missingMass: number };
}

/** The machine and software a measurement was taken on. */
export interface MeasurementEnvironment {
  /** Backend id, such as `embedded` or `ollama`. */
  readonly backend: string;
  /** Build of the engine, or null when it does not tell. */
  readonly engineBuild: string | null;
  /** Device the model ran on, or the processor's name. */
  readonly device: string | null;
  readonly driver: string | null;
  readonly platform: string;
  /** Tells machines apart without naming them; absent or null when unknown. */
  readonly machine?: string | null | undefined;
}

/** Under which condition a `profile` record's speed was measured. */
export interface SpeedCondition {
  /** Tokens that the prompt was meant to have; the timings tell how many it had. Null: the plain prompt. */
  readonly depthTokens: number | null;
  /** Generations at the same time. The record's timings count the tokens of all and the time until the last was done. */
  readonly concurrency: number;
}

/** How a variant did on one task with a known answer. */
export interface TaskResult {
  /** The task's id within its suite. */
  readonly id: string;
  /** Whether the answer was right; null when nothing judged it. */
  readonly passed: boolean | null;
  /** What a grader gave, in its own unit, higher being better; null when none did. */
  readonly score: number | null;
  /** The answer's beginning, for the user's own eyes: it is never exported. Absent or null when there was none. */
  readonly answer?: string | null;
}

/** Bytes as predicted and as observed. */
export interface FootprintResult {
  readonly predictedBytes: number;
  readonly observedBytes: number;
}

/** What the data sheets predicted, tokens per second; null where nothing was predicted. */
export interface PredictedSpeed {
  readonly decodeTokensPerSecond: number | null;
  readonly prefillTokensPerSecond: number | null;
}

/** What every record says, whatever it is about. */
export interface RecordFacts {
  /** Unique, chosen by the writer; writing the same id twice keeps one. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The model as the user names it, without level. */
  readonly model: string;
  /** The variant that ran. */
  readonly variant: string;
  readonly level: VariantLevel | null;
  /** Digest of the variant's content, `sha256:…` or `sampled-sha256:…`, or null when unknown. */
  readonly digest: string | null;
  readonly architecture: string | null;
  /** The operating point beside the level, as far as it is known. */
  readonly shape: PartialShape;
  readonly environment: MeasurementEnvironment;
  readonly succeeded: boolean;
  /** Code of the error when it failed. */
  readonly errorCode: string | null;
  /** What the error said, cut; it may name files and prompts, so it is never exported. Absent or null when unknown. */
  readonly errorMessage?: string | null;
  /** Bytes the variant takes when loaded, measured or reported; null when unknown. */
  readonly residentBytes: number | null;
  /** Hottest temperature seen, °C, and whether the device throttled; null when unknown. */
  readonly temperatureC: number | null;
  readonly throttled: boolean | null;
  /** Energy of the run in joules, or null when power cannot be read. */
  readonly energyJ: number | null;
  /** Groups the runs of one comparison so that it can be resumed. */
  readonly comparisonId: string | null;
  /** True for a record that came from another machine by import. */
  readonly foreign: boolean;
}

/** A user's call. Timings are null when it failed. */
export interface GenerationMeasurement extends RecordFacts {
  readonly kind: 'generation';
  readonly timings: GenerationTimings | null;
}

/** A timed run of a comparison, with what was predicted for it. */
export interface SpeedMeasurement extends RecordFacts {
  readonly kind: 'speed';
  readonly timings: GenerationTimings | null;
  readonly predictedSpeed: PredictedSpeed | null;
  readonly footprint: FootprintResult | null;
}

/** A timed run at a depth, or several at once. */
export interface ProfileMeasurement extends RecordFacts {
  readonly kind: 'profile';
  readonly timings: GenerationTimings | null;
  readonly condition: SpeedCondition;
}

/** Quality against a reference; null when it failed. */
export interface QualityMeasurement extends RecordFacts {
  readonly kind: 'quality';
  readonly quality: QualityResult | null;
}

/** Bytes that a model takes. Without `residentBytes` they are the engine's answer, which allocated nothing. */
export interface FootprintMeasurement extends RecordFacts {
  readonly kind: 'footprint';
  readonly footprint: FootprintResult;
}

/** A task with a known answer. */
export interface TaskMeasurement extends RecordFacts {
  readonly kind: 'task';
  readonly task: TaskResult;
}

/** One recorded run: the unit of `MeasurementStore`. */
export type Measurement =
  | GenerationMeasurement
  | SpeedMeasurement
  | ProfileMeasurement
  | QualityMeasurement
  | FootprintMeasurement
  | TaskMeasurement;

/** What kind of run a record is about. */
export type MeasurementKind = Measurement['kind'];

/** The records of one kind. */
export type MeasurementOf<Kind extends MeasurementKind> = Extract<Measurement, { readonly kind: Kind }>;

/** Whether a record is of this kind; for `filter`. */
export const isOfKind =
  <Kind extends MeasurementKind>(...kinds: readonly Kind[]) =>
  (record: Measurement): record is MeasurementOf<Kind> =>
    (kinds as readonly MeasurementKind[]).includes(record.kind);

/** How a run was timed; null when it failed, or is of a kind that is not timed. */
export const timingsOf = (record: Measurement): GenerationTimings | null =>
  'timings' in record ? record.timings : null;

/** The KV cache type where keys and values have the same; null when they differ or it is unknown. */
export const cacheOf = ({ shape }: Pick<RecordFacts, 'shape'>): KvCacheType | null =>
  shape.keyCacheType === shape.valueCacheType ? (shape.keyCacheType ?? null) : null;

/** The shape of a run with this type for both caches; what is null is not known. */
export function shapeWith(known: {
  readonly kvCache: KvCacheType | null;
  readonly contextTokens?: number | null;
  readonly gpuLayers?: number | null;
}): PartialShape {
  const { kvCache, contextTokens = null, gpuLayers = null } = known;
  return {
    ...(kvCache === null ? {} : { keyCacheType: kvCache, valueCacheType: kvCache }),
    ...(contextTokens === null ? {} : { contextTokens }),
    ...(gpuLayers === null ? {} : { placement: { gpuLayers } }),
  };
}
