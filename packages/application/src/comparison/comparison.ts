import type { TaskSummary } from '../tasks/task-summary.js';
import type { KvCacheType, Level, MeasurementEnvironment, QualityResult } from '@plimsoll/domain';

/** One combination under comparison. */
export interface ComparisonCell {
  readonly level: Level;
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
}

/** A median with a 95 % bootstrap interval. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Speed of one cell. Null is not measured or not told by the backend. */
export interface SpeedSummary {
  readonly loadMs: Estimate | null;
  readonly firstTokenMs: Estimate | null;
  readonly prefillTokensPerSecond: Estimate | null;
  readonly decodeTokensPerSecond: Estimate | null;
  /** Hottest temperature seen and whether heat slowed the device, where a probe tells. */
  readonly temperatureC: number | null;
  readonly throttled: boolean | null;
  readonly energyJPerToken: number | null;
}

/** Everything measured about one level at one KV cache type. */
export interface ComparedLevel extends ComparisonCell {
  /** Bytes of the variant's file, or null when unknown. */
  readonly bytes: number | null;
  /** Bytes held when loaded, as the backend reports them, or null. */
  readonly residentBytes: number | null;
  readonly runs: RunSummary;
  readonly speed: SpeedSummary;
  readonly quality: QualityResult | null;
  /** How it did on tasks; absent or null when there were none. */
  readonly tasks?: TaskSummary | null;
  /** On the Pareto front of bytes against divergence (or speed where quality was not measured). */
  readonly paretoOptimal: boolean;
}

/** Levels of one model side by side. */
export interface Comparison {
  readonly id: string;
  readonly model: string;
  readonly reference: { readonly level: Level; readonly kvCache: KvCacheType };
  readonly environment: MeasurementEnvironment;
  /** The text that quality was measured on, or null when it was not. */
  readonly text: { readonly tokens: number; readonly window: number } | null;
  readonly levels: readonly ComparedLevel[];
}
