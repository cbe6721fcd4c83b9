import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { Level } from '../quantization/level.js';

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
    { readonly kind: 'full' } | { readonly kind: 'top-k'; readonly k: number; readonly missingMass: number };
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
}

/** What kind of run a record is about. */
export type MeasurementKind = 'generation' | 'speed' | 'quality' | 'footprint' | 'task' | 'profile';

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

/** One recorded run: the unit of `MeasurementStore`. */
export interface Measurement {
  /** Unique, chosen by the writer; writing the same id twice keeps one. */
  readonly id: string;
  readonly kind: MeasurementKind;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The model as the user names it, without level. */
  readonly model: string;
  /** The variant that ran. */
  readonly variant: string;
  readonly level: Level | null;
  /** Digest of the variant's content, `sha256:…` or `sampled-sha256:…`, or null when unknown. */
  readonly digest: string | null;
  readonly architecture: string | null;
  readonly kvCache: KvCacheType | null;
  readonly contextTokens: number | null;
  readonly gpuLayers: number | null;
  readonly environment: MeasurementEnvironment;
  readonly succeeded: boolean;
  /** Code of the error when it failed. */
  readonly errorCode: string | null;
  /** What the error said, cut; it may name files and prompts, so it is never exported. Absent or null when unknown. */
  readonly errorMessage?: string | null;
  readonly timings: GenerationTimings | null;
  /** Bytes the variant takes when loaded, measured or reported; null when unknown. */
  readonly residentBytes: number | null;
  readonly quality: QualityResult | null;
  /** Predicted and observed bytes of a footprint observation. */
  readonly footprint: { readonly predictedBytes: number; readonly observedBytes: number } | null;
  /** What the data sheets predicted for this run, tokens per second; absent or null when nothing was predicted. */
  readonly predictedSpeed?: {
    readonly decodeTokensPerSecond: number | null;
    readonly prefillTokensPerSecond: number | null;
  } | null;
  /** Outcome of a task; absent or null for every other kind of record. */
  readonly task?: TaskResult | null;
  /** The condition of a `profile` record; absent or null for the others. */
  readonly condition?: SpeedCondition | null;
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
