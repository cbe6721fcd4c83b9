import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { BusyError, CancelledError, StorageFailedError, throwIfCancelled } from '@plimsoll/domain';
import type {
  CallOptions,
  ErrorDetails,
  Measurement,
  MeasurementFilter,
  MeasurementStore,
  VariantStatistics,
} from '@plimsoll/domain';
import type { StoreAnswer, StoreFailure, StoreRequest, StoreTask } from './messages.js';

/** Where the thread's program is. */
export interface StoreProgram {
  readonly file: string;
}

interface Waiting {
  readonly worker: Worker;
  readonly resolve: (json: string) => void;
  readonly reject: (error: Error) => void;
}

const CANCELLED = 'The work on the measurements was cancelled.';

/**
 * Measurements in one file of an embedded database, which a thread of its own reads and writes: folding the log into the
 * file waits for the disk, on a busy one for seconds, and a server has to go on answering. The thread is started at first
 * use; it keeps no program from ending that waits for nothing.
 */
export class ThreadedMeasurementStore implements MeasurementStore {
  readonly #path: string;
  readonly #program: StoreProgram;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #lastId = 0;

  constructor(path: string, program: StoreProgram = INSTALLED) {
    this.#path = path;
    this.#program = program;
  }

  async append(measurements: readonly Measurement[], options?: CallOptions): Promise<void> {
    if (measurements.length > 0) await this.#ask({ kind: 'append', json: JSON.stringify(measurements) }, options);
  }

  async query(filter: MeasurementFilter = {}, options?: CallOptions): Promise<readonly Measurement[]> {
    return JSON.parse(await this.#ask({ kind: 'query', filter }, options)) as Measurement[];
  }

  async aggregate(filter: MeasurementFilter = {}, options?: CallOptions): Promise<readonly VariantStatistics[]> {
    return JSON.parse(await this.#ask({ kind: 'aggregate', filter }, options)) as VariantStatistics[];
  }

  /** Waits for what was asked before, and ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    const closed = this.#ask({ kind: 'close' });
    this.#worker = null;
    await closed;
    await worker.terminate();
  }

  async #ask(task: StoreTask, { signal }: CallOptions = {}): Promise<string> {
    throwIfCancelled(signal, CANCELLED);
    const worker = (this.#worker ??= this.#start());
    const id = (this.#lastId += 1);
    const send = (request: StoreRequest): void => worker.postMessage(request);
    const cancel = (): void => {
      send({ id, task: null });
      this.#waiting.get(id)?.reject(new CancelledError(CANCELLED));
    };
    signal?.addEventListener('abort', cancel);
    worker.ref();
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#waiting.set(id, { worker, resolve, reject });
        send({ id, task });
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#waiting.delete(id);
      if (this.#of(worker).length === 0) worker.unref();
    }
  }

  #of(worker: Worker): readonly Waiting[] {
    return [...this.#waiting.values()].filter((waiting) => waiting.worker === worker);
  }

  #start(): Worker {
    const worker = new Worker(this.#program.file, { workerData: this.#path });
    worker.on('message', (answer: StoreAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      if ('json' in answer) waiting?.resolve(answer.json);
      else waiting?.reject(errorOf(answer.failure));
    });
    const ended = (cause?: unknown): void => {
      if (this.#worker === worker) this.#worker = null;
      const error = new StorageFailedError(`The thread that keeps the measurements in ${this.#path} ended.`, { cause });
      for (const { reject } of this.#of(worker)) reject(error);
    };
    worker.on('error', ended).on('exit', () => ended());
    return worker;
  }
}

const INSTALLED: StoreProgram = { file: fileURLToPath(new URL('./store-thread.js', import.meta.url)) };

type MakeError = (message: string, details: ErrorDetails) => Error;

/** The errors that a store gives, by their codes. */
const ERRORS: Readonly<Partial<Record<NonNullable<StoreFailure['code']>, MakeError>>> = {
  busy: (message, details) => new BusyError(message, details),
  cancelled: (message, details) => new CancelledError(message, details),
  'storage-failed': (message, details) => new StorageFailedError(message, details),
};

function errorOf({ code, message, hint }: StoreFailure): Error {
  const make = code === null ? undefined : ERRORS[code];
  return make?.(message, { hint: hint ?? undefined }) ?? new Error(message);
}
