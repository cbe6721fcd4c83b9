import type { Measurement, MeasurementKind } from '../measurement/measurement.js';
import type { CallOptions } from './abort-signal.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import type { VariantStatistics } from '../metrics/variant-statistics.js';

/** Which records; absent fields do not restrict. */
export interface MeasurementFilter {
  readonly kind?: MeasurementKind | undefined;
  readonly model?: string | undefined;
  readonly variant?: string | undefined;
  readonly level?: VariantLevel | undefined;
  readonly digest?: string | undefined;
  /** Any of these; none at all matches nothing. */
  readonly digests?: readonly string[] | undefined;
  readonly architecture?: string | undefined;
  readonly backend?: string | undefined;
  readonly device?: string | undefined;
  readonly comparisonId?: string | undefined;
  readonly foreign?: boolean | undefined;
  readonly sinceMs?: number | undefined;
  /** At most so many, newest first; 1,000 when absent. */
  readonly limit?: number | undefined;
}

/**
 * Keeps measurements. What `append` has returned for is kept even when the process is killed right after.
 * A cancelled `append` has kept a beginning of the list, or all of it.
 */
export interface MeasurementStore {
  append(measurements: readonly Measurement[], options?: CallOptions): Promise<void>;
  /** Newest first. */
  query(filter?: MeasurementFilter, options?: CallOptions): Promise<readonly Measurement[]>;
  /** Statistics per content, by digest where there is one, over the generation records that match. */
  aggregate(filter?: MeasurementFilter, options?: CallOptions): Promise<readonly VariantStatistics[]>;
  close(): Promise<void>;
}
