import type { Clock, GpuProbe, LogitsSource, MeasurementStore, ModelRuntime } from '@plimsoll/domain';
import type { PlanModel } from '../planning/plan-model.js';
import type { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import type { EnsureVariant, ReadyVariant } from '../variants/ensure-variant.js';
import type { ComparisonCell } from './comparison.js';

/** What a comparison needs. */
export interface CompareDependencies {
  readonly runtime: ModelRuntime;
  readonly ensure: EnsureVariant;
  /** Null where the backend gives no log-probabilities. */
  readonly logits: LogitsSource | null;
  /** Predicts what is measured, so that plans learn from it; null measures without. */
  readonly planner: PlanModel | null;
  readonly store: MeasurementStore;
  readonly recorder: MeasurementRecorder;
  readonly gpu: GpuProbe;
  readonly clock: Clock;
  /** A short digest of a text. */
  readonly digest: (text: string) => string;
}

/** A cell whose variant is at hand. */
export interface ReadyCell extends ComparisonCell {
  readonly ready: ReadyVariant;
}
