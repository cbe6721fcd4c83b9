import { BusyError, isPlimsollError } from '@plimsoll/domain';
import { errorAnswer } from '../errors/error-answer.js';
import type { Job, JobKind, JobProgress, JobState } from './job.js';

/** Work that reports how far it is and can be cancelled. */
export type JobWork = (options: {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
}) => Promise<object>;

/** Jobs that run at the same time: each may take all the memory and all cores. */
const MOST_RUNNING = 4;
/** Jobs that are remembered after their end. */
const MOST_FINISHED = 100;

interface Entry {
  state: JobState;
  readonly stop: AbortController;
  readonly over: Promise<void>;
  wake: (() => void)[];
}

/** Long work that goes on when whoever asked for it leaves. */
export class Jobs {
  readonly #entries = new Map<string, Entry>();
  readonly #newId: () => string;
  readonly #nowMs: () => number;

  constructor(newId: () => string, nowMs: () => number) {
    this.#newId = newId;
    this.#nowMs = nowMs;
  }

  /** Begins work. @throws BusyError when enough runs already */
  start(kind: JobKind, work: JobWork): Job {
    const running = [...this.#entries.values()].filter(({ state }) => state.job.status === 'running').length;
    if (running >= MOST_RUNNING) {
      throw new BusyError(`${running} jobs run already.`, { hint: 'Wait for one, or cancel one.' });
    }
    const id = this.#newId();
    const stop = new AbortController();
    const job: Job = {
      ...{ id, kind, status: 'running', createdAtMs: this.#nowMs() },
      ...{ finishedAtMs: null, progress: null, result: null, error: null },
    };
    const over = Promise.resolve().then(() => this.#run(id, stop.signal, work));
    this.#entries.set(id, { state: { version: 1, job }, stop, over, wake: [] });
    this.#forgetOld();
    return job;
  }

  /** Newest first. */
  list(): readonly Job[] {
    return [...this.#entries.values()].map(({ state }) => state.job).reverse();
  }

  get(id: string): Job | null {
    return this.#entries.get(id)?.state.job ?? null;
  }

  /** Ends one; its state says so as soon as it has. Null when there is none. */
  cancel(id: string): Job | null {
    this.#entries.get(id)?.stop.abort();
    return this.get(id);
  }

  /**
   * The states of a job from the one behind `after` on, until its last. A reader who is slow, or who comes back, gets
   * the newest state: those in between are of no use any more.
   */
  async *follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<JobState, void, void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    for (let seen = after; !signal.aborted;) {
      const { state } = entry;
      if (state.version > seen) {
        seen = state.version;
        yield state;
      }
      if (entry.state.job.status !== 'running' && entry.state.version === seen) return;
      if (entry.state.version === seen) await changed(entry, signal);
    }
  }

  /** Cancels all, and waits for their ends. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    for (const { stop } of entries) stop.abort();
    await Promise.all(entries.map(({ over }) => over));
  }

  async #run(id: string, signal: AbortSignal, work: JobWork): Promise<void> {
    const onProgress = (progress: JobProgress): void => this.#set(id, { progress });
    try {
      const result = await work({ signal, onProgress });
      this.#set(id, { status: 'done', result, finishedAtMs: this.#nowMs() });
    } catch (error) {
      const status = isPlimsollError(error) && error.code === 'cancelled' ? 'cancelled' : 'failed';
      this.#set(id, { status, error: errorAnswer(error).body.error, finishedAtMs: this.#nowMs() });
    }
  }

  #set(id: string, change: Partial<Job>): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.state.job.status !== 'running') return;
    entry.state = { version: entry.state.version + 1, job: { ...entry.state.job, ...change } };
    for (const wake of entry.wake.splice(0)) wake();
  }

  #forgetOld(): void {
    const finished = [...this.#entries].filter(([, { state }]) => state.job.status !== 'running');
    for (const [id] of finished.slice(0, Math.max(0, finished.length - MOST_FINISHED))) this.#entries.delete(id);
  }
}

function changed(entry: Entry, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      signal.removeEventListener('abort', wake);
      resolve();
    };
    signal.addEventListener('abort', wake, { once: true });
    entry.wake.push(wake);
  });
}
