import type { CallOptions } from './abort-signal.js';

/** A piece of work. Adding an id that is waiting or at work adds nothing. */
export interface Job<Data> {
  readonly id: string;
  readonly data: Data;
}

/** Why a job was given up. */
export interface JobFailure {
  readonly code: string;
  readonly message: string;
}

/** What a worker makes of a job. What it throws is tried again a few times, and given up afterwards. */
export type JobVerdict =
  | { readonly kind: 'done' }
  /** Nobody can do it: it is given up at once. */
  | { readonly kind: 'dead'; readonly failure: JobFailure }
  /** This worker cannot do jobs of this lane; others may. The job goes back. */
  | { readonly kind: 'refused' }
  /** This worker cannot go on. The job goes back, and `work` ends with the error. */
  | { readonly kind: 'stop'; readonly error: Error };

/** Where a job is that was neither done nor lost. */
export type JobPlace = { readonly kind: 'pending' } | { readonly kind: 'dead'; readonly failure: JobFailure };

/** A lane as it stands. */
export interface LaneState {
  readonly lane: string;
  readonly waiting: number;
  readonly active: number;
  /** Failed before, and waiting to be tried again. */
  readonly delayed: number;
  readonly dead: number;
  readonly paused: boolean;
}

/** A job that was given up. */
export interface DeadJob<Data> extends Job<Data> {
  readonly lane: string;
  readonly failure: JobFailure;
  readonly attempts: number;
}

/** How a worker works. */
export interface WorkOptions<Data> extends CallOptions {
  readonly handle: (lane: string, job: Job<Data>) => Promise<JobVerdict>;
  /** Lanes that are always worked on, with the number of jobs at the same time. */
  readonly steady: ReadonlyMap<string, number>;
  /** Of all other lanes, which may be worked on: one lane at a time, until it is empty, and one job at a time. */
  readonly roams: (lane: string) => boolean;
}

/**
 * Jobs in lanes, for workers on any number of machines. Each job is delivered at least once: a worker that dies or
 * hangs loses its jobs to others.
 */
export interface JobQueue<Data> {
  add(lane: string, jobs: readonly Job<Data>[], options?: CallOptions): Promise<void>;
  /** Where jobs are, by id; those that were done or lost are absent. Lanes are looked at in their order. */
  find(lanes: readonly string[], ids: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, JobPlace>>;
  /** Takes given up jobs out, so that they can be added again. */
  forgetDead(lane: string, ids: readonly string[], options?: CallOptions): Promise<void>;
  /** Works until the signal aborts, which is no error. @throws the error of a verdict `stop` */
  work(options: WorkOptions<Data>): Promise<void>;
  lanes(options?: CallOptions): Promise<readonly LaneState[]>;
  /** The last ones first. */
  dead(limit: number, options?: CallOptions): Promise<readonly DeadJob<Data>[]>;
  /** Puts what was given up back; gives how many. */
  retryDead(options?: CallOptions): Promise<number>;
  /** No job is begun on any machine until `resume`. */
  pause(options?: CallOptions): Promise<void>;
  resume(options?: CallOptions): Promise<void>;
  close(): Promise<void>;
}
