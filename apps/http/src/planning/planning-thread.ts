import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { BackendFailedError, BusyError, CancelledError } from '@plimsoll/domain';
import { RefusedError } from '../errors/refused-error.js';
import type { PlanJob, PlannedAnswer } from './plan-job.js';

/** Plans that wait for the thread; more are refused. */
const MOST_WAITING = 32;

/**
 * Plans on a thread of its own, one job after another: a plan of a large grid takes a second, in which the server goes
 * on answering. A job whose client has left is stopped, wherever it is.
 */
export class PlanningThread {
  #worker: Worker | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  /**
   * The document as JSON.
   * @throws RefusedError as the plan fails, BusyError when too many wait, CancelledError
   */
  async plan(job: PlanJob, signal: AbortSignal): Promise<string> {
    if (this.#waiting >= MOST_WAITING) {
      throw new BusyError(`${MOST_WAITING} plans are waiting.`, { hint: 'Ask again when some have been answered.' });
    }
    this.#waiting += 1;
    const mine = this.#turn.then(() => this.#run(job, signal)).finally(() => (this.#waiting -= 1));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** Ends the thread, and with it the jobs that run or wait. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #run(job: PlanJob, signal: AbortSignal): Promise<string> {
    if (signal.aborted || this.#closed) throw new CancelledError('The plan was cancelled.');
    const worker = (this.#worker ??= startWorker());
    return new Promise<string>((resolve, reject) => {
      const settled = new AbortController();
      const answered = (answer: PlannedAnswer): void => {
        settled.abort();
        if ('json' in answer) resolve(answer.json);
        else reject(new RefusedError(answer.refused));
      };
      const ended = (error: Error): void => {
        settled.abort();
        this.#worker = null;
        void worker.terminate();
        reject(error);
      };
      const failed = (cause: Error): void => ended(new BackendFailedError('The planning thread failed.', { cause }));
      const exited = (): void => ended(new CancelledError('The planning thread was ended.'));
      const left = (): void => ended(new CancelledError('The plan was cancelled.'));
      worker.on('message', answered).on('error', failed).on('exit', exited);
      signal.addEventListener('abort', left);
      settled.signal.addEventListener('abort', () => {
        worker.off('message', answered).off('error', failed).off('exit', exited);
        signal.removeEventListener('abort', left);
      });
      worker.postMessage(job);
    });
  }
}

const fromSource = import.meta.url.endsWith('.ts');

function startWorker(): Worker {
  const file = fileURLToPath(new URL(fromSource ? './plan-worker.ts' : './plan-worker.js', import.meta.url));
  const worker = new Worker(file, { execArgv: fromSource ? sourceArguments() : [] });
  // A thread that waits for work must not keep the program from ending.
  worker.unref();
  return worker;
}

/** Tests run this package from its TypeScript sources, which Node 20 cannot read by itself. */
function sourceArguments(): string[] {
  const loader = new URL('../../../../packages/adapter-llamacpp/test/source-loader.mjs', import.meta.url);
  return ['--conditions=@plimsoll/source', '--import', loader.href];
}
