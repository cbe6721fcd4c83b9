import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { CancelledError, UnsupportedModelError } from '@plimsoll/domain';
import type { SessionRequest } from '../engine/protocol.js';
import type { Job } from './job.js';

/** What a template is rendered from. */
export interface TemplateJob {
  readonly source: string;
  readonly messages: Extract<SessionRequest['input'], { kind: 'messages' }>['messages'];
  readonly values: Readonly<Record<string, unknown>>;
  readonly mostCharacters: number;
}

/** What templates are given beside the messages: as llama-server does. */
export function templateValues(bos: string, eos: string, think: boolean | null, now: Date): TemplateJob['values'] {
  const [day, month] = [String(now.getDate()).padStart(2, '0'), now.toLocaleDateString('en-US', { month: 'short' })];
  return {
    bos_token: bos,
    eos_token: eos,
    date_string: `${day} ${month} ${now.getFullYear()}`,
    ...(think === null ? {} : { enable_thinking: think }),
  };
}

/** What the rendering thread answers. */
export type RenderedTemplate = { readonly text: string } | { readonly error: string };

/** What the thread runs. */
export interface WorkerProgram {
  readonly file: string;
  /** Node's options for it; those of this process when absent. */
  readonly execArgv?: readonly string[] | undefined;
}

/** A long chat takes some milliseconds. */
const MOST_MS = 5_000;
const MOST_HEAP_MB = 512;

/**
 * Renders chat templates on a thread of its own. A template is a program from a model file: it may loop for ever or
 * write without end, so its time and its memory have bounds, and it is stopped when its request is. Meanwhile this
 * process goes on hearing its parent and computing for others.
 */
export class ChatTemplates {
  readonly #program: WorkerProgram;
  readonly #mostMs: number;
  #worker: Worker | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(program: WorkerProgram = installedProgram(), mostMs = MOST_MS) {
    this.#program = program;
    this.#mostMs = mostMs;
  }

  /** Starts the thread ahead of the first chat. */
  warm(): void {
    this.#worker ??= startWorker(this.#program);
  }

  /**
   * The text that the messages become.
   * @throws UnsupportedModelError when the template fails or passes its bounds, CancelledError
   */
  async render(template: TemplateJob, job: Job): Promise<string> {
    const mine = this.#turn.then(() => this.#render(template, job));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #render(template: TemplateJob, job: Job): Promise<string> {
    job.check();
    const worker = (this.#worker ??= startWorker(this.#program));
    const ended = new AbortController();
    try {
      return await new Promise<string>((resolve, reject) => {
        const stop = (error: Error): void => {
          this.#worker = null;
          void worker.terminate();
          reject(error);
        };
        const late = setTimeout(
          () => stop(failed(`it did not end within ${this.#mostMs / 1_000} seconds`)),
          this.#mostMs,
        );
        const stopListening = job.onAbort(() => stop(new CancelledError('The engine was asked to stop.')));
        const answered = (answer: RenderedTemplate): void => {
          if ('text' in answer) resolve(answer.text);
          else reject(failed(answer.error));
        };
        // A worker that ran out of its memory reports so here.
        const died = (cause: Error): void => stop(failed(cause.message));
        worker.on('message', answered).on('error', died);
        ended.signal.addEventListener('abort', () => {
          clearTimeout(late);
          stopListening();
          worker.off('message', answered).off('error', died);
        });
        worker.postMessage(template);
      });
    } finally {
      ended.abort();
    }
  }
}

function failed(reason: string): UnsupportedModelError {
  return new UnsupportedModelError(`The model's chat template failed: ${reason}.`.replace(/\.\.$/, '.'), {
    hint: 'Send a raw prompt instead.',
  });
}

/** Beside the engine process's own program. */
function installedProgram(): WorkerProgram {
  const [, main = ''] = process.argv;
  return { file: path.join(path.dirname(main), `template-worker${path.extname(main)}`) };
}

function startWorker({ file, execArgv }: WorkerProgram): Worker {
  const worker = new Worker(file, {
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
  });
  worker.unref();
  // Whoever waits for an answer listens too; an error that nobody waits for is none.
  worker.on('error', () => undefined);
  return worker;
}
