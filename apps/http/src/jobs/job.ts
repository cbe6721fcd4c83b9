import type { FailureDocument } from '@plimsoll/contract';

/** What long work is about. */
export type JobKind = 'quantize' | 'pull' | 'compare';

/** How far it is; what is unknown is null. */
export interface JobProgress {
  readonly phase: string;
  /** Share done, 0 to 1. */
  readonly fraction: number | null;
}

/** Long work, as it stands now. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly status: 'running' | 'done' | 'failed' | 'cancelled';
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly finishedAtMs: number | null;
  readonly progress: JobProgress | null;
  /** What came of it; its shape is that of the command of the same name. Null until it is done. */
  readonly result: object | null;
  readonly error: FailureDocument['error'] | null;
}

/** A job, and the number of its state: each change has the next one. */
export interface JobState {
  readonly version: number;
  readonly job: Job;
}
