import type { Clock, GpuProbe, HostProbe, LogitsSource, MeasurementStore, ModelRuntime } from '@plimsoll/domain';
import type { PlanModel } from '../planning/plan-model.js';
import type { TaskGrader } from '../tasks/task-grader.js';
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
  readonly host: HostProbe;
  readonly clock: Clock;
  /** Judges answers to tasks; `name` tells graders apart, so that none goes on with another's outcomes. */
  readonly grader?: { readonly name: string; readonly grade: TaskGrader } | undefined;
  /** A short digest of a text. */
  readonly digest: (text: string) => string;
}

/** A cell whose variant is at hand. */
export interface ReadyCell extends ComparisonCell {
  readonly ready: ReadyVariant;
}
