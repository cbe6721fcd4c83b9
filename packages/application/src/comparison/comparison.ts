import type { TaskSummary } from '../tasks/task-summary.js';
import type {
  KvCacheType,
  VariantLevel,
  MeasurementEnvironment,
  QualityResult,
  SpeedComparison,
} from '@plimsoll/domain';

/** One combination under comparison. */
export interface ComparisonCell {
  readonly level: VariantLevel;
  readonly kvCache: KvCacheType;
  readonly variant: string;
}

/** Wall-clock statistics of the generation calls; milliseconds. The founding result shape. */
export interface RunSummary {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly successRate: number | null;
  readonly meanMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  /** Mean time of the reference divided by this one's; null when either is unknown. */
  readonly speedup: number | null;
  /** Why runs failed, the most frequent cause first; absent where none did. */
  readonly failures?: readonly RunFailure[];
}

/** A cause of failed runs. */
export interface RunFailure {
  /** Code of the error and what it said; null when it is not known. */
  readonly errorCode: string | null;
  readonly message: string | null;
  /** Runs that it ended. */
  readonly runs: number;
}

/** A median with a 95 % bootstrap interval. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What devices showed during runs. Null where no probe tells. */
export interface DeviceSummary {
  /** Hottest temperature seen, °C. */
  readonly temperatureC: number | null;
  /** Whether heat slowed a device in any of the runs. */
  readonly throttled: boolean | null;
  /** Median energy per generated token, joules. Prefill is part of it. */
  readonly energyJPerToken: number | null;
}

/** Speed of one cell. Null is not measured or not told by the backend. */
export interface SpeedSummary extends DeviceSummary {
  readonly loadMs: Estimate | null;
  readonly firstTokenMs: Estimate | null;
  readonly prefillTokensPerSecond: Estimate | null;
  readonly decodeTokensPerSecond: Estimate | null;
}

/** Speed with a prompt of about so many tokens; at 0 it is a few words. */
export interface DepthSpeed extends DeviceSummary {
  readonly depthTokens: number;
  /** Tokens the prompts really had, or null when the backend does not count them. */
  readonly promptTokens: number | null;
  readonly prefillTokensPerSecond: Estimate | null;
  readonly decodeTokensPerSecond: Estimate | null;
  readonly failed: number;
}

/** Speed of so many generations at the same time. */
export interface ConcurrentSpeed extends DeviceSummary {
  readonly concurrency: number;
  /** Generated tokens of all per second, from the first request to the end of the last answer, prefill included. */
  readonly totalTokensPerSecond: Estimate | null;
  readonly failed: number;
}

/** Everything measured about one level at one KV cache type. */
export interface ComparedLevel extends ComparisonCell {
  /** Content digest of the variant; absent or null when the backend does not tell. */
  readonly digest?: string | null;
  /** Bytes of the variant's file, or null when unknown. */
  readonly bytes: number | null;
  /** Bytes held when loaded, as the backend reports them, or null. */
  readonly residentBytes: number | null;
  readonly runs: RunSummary;
  readonly speed: SpeedSummary;
  /** Decode speed against the reference; absent or null for the reference and with fewer than two runs of either. */
  readonly speedup?: SpeedComparison | null;
  /** Speed at several depths and with several generations at once; absent or empty when none was asked for. */
  readonly depths?: readonly DepthSpeed[];
  readonly concurrency?: readonly ConcurrentSpeed[];
  readonly quality: QualityResult | null;
  /** How it did on tasks; absent or null when there were none. */
  readonly tasks?: TaskSummary | null;
  /** On the Pareto front of bytes against divergence (or speed where quality was not measured). */
  readonly paretoOptimal: boolean;
}

/** A task on which the levels differ. Prompt and answers are the user's: for the user's own report, never for logs. */
export interface TaskDisagreement {
  readonly id: string;
  readonly prompt: string;
  /** What makes an answer right, in words; null where only a grader tells. */
  readonly expected: string | null;
  /** One for each cell, in their order. */
  readonly answers: readonly {
    readonly level: VariantLevel;
    readonly kvCache: KvCacheType;
    readonly passed: boolean | null;
    readonly score: number | null;
    /** The answer's beginning; null when there was none or it was not kept. */
    readonly answer: string | null;
    /** Whether it was answered and judged at all. */
    readonly succeeded: boolean;
  }[];
}

/** Something that was asked for and could not be measured. */
export interface NotMeasured {
  readonly what: 'quality' | 'prompts';
  readonly reason: NotMeasuredReason;
}

/** Why something could not be measured. */
export type NotMeasuredReason =
  /** The backend gives none of a given text. */
  | { readonly kind: 'no-log-probabilities'; readonly backend: string }
  /** It refused; its message and advice. */
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string | null }
  /** So many prompts have no known answer, and there is nothing to judge the answers by. */
  | { readonly kind: 'no-judge'; readonly prompts: number };

/** Levels of one model side by side. */
export interface Comparison {
  readonly id: string;
  readonly model: string;
  readonly reference: { readonly level: VariantLevel; readonly kvCache: KvCacheType };
  readonly environment: MeasurementEnvironment;
  /** The text that quality was measured on, or null when it was not. */
  readonly text: { readonly tokens: number; readonly window: number } | null;
  readonly levels: readonly ComparedLevel[];
  /** Tasks on which the levels differ; absent or empty when there are none. */
  readonly disagreements?: readonly TaskDisagreement[];
  /** What was asked for and could not be measured; absent or empty when all was. */
  readonly notMeasured?: readonly NotMeasured[];
}
