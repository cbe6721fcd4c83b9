import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BackendFailedError, CancelledError, OutOfMemoryError, throwIfCancelled } from '@plimsoll/domain';
import { withHugePages } from '@plimsoll/local-models';
import type { EngineOptions } from './engine-options.js';
import { EventQueue } from './event-queue.js';
import { EVENTS_PER_RECEIPT } from './protocol.js';
import type { EngineCall, EngineCalls, FromEngine, ToEngine } from './protocol.js';
import { fromWire } from './wire-error.js';

interface Pending {
  readonly events: EventQueue<unknown>;
  readonly settle: (outcome: { value: unknown } | { error: unknown }) => void;
}

const KEPT_STDERR = 4_096;
const V8_ARGUMENTS = [
  // What lives briefly is collected after 1 MiB. By default V8 waits for up to 16 MiB, and keeps three times as much, of
  // which an engine has no use: its memory grew by 20 MiB over thousands of answers.
  '--max-semi-space-size=1',
  // What runs once a token is interpreted for hundreds of tokens otherwise, while the threads that compute wait.
  '--always-sparkplug',
];

/**
 * One process that hosts the engine. Native code never runs in the caller's process: it cannot block it, and
 * a failed assertion or a kill for memory ends only this process, which shows as an error of the pending calls.
 */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #stderr = '';
  #ended = false;
  #closing = false;
  #closeReason: Error | null = null;

  constructor(options: EngineOptions = {}) {
    this.#child = fork(hostEntry(), [], {
      execArgv: [...V8_ARGUMENTS, ...sourceArguments()],
      env: withHugePages({ ...process.env, ...options.environment }),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    this.#child.on('message', (message) => this.#receive(message as FromEngine));
    this.#child.on('error', (cause) => this.#finish(startFailure(cause)));
    this.#child.on('close', (code, signal) => this.#finish(this.#closeReason ?? this.#death(code, signal)));
    this.#send({ kind: 'start', options, parent: process.pid });
    this.#hold();
  }

  /** Whether the process has ended. */
  get ended(): boolean {
    return this.#ended;
  }

  /** A call without events. */
  async call<Name extends EngineCall>(
    method: Name,
    params: EngineCalls[Name]['params'],
    signal?: AbortSignal,
  ): Promise<EngineCalls[Name]['result']> {
    const iterator = this.stream(method, params, signal);
    for (;;) {
      const step = await iterator.next();
      if (step.done === true) return step.value;
    }
  }

  /**
   * A call with events; the generator's return value is the result. Leaving the loop aborts the call.
   * The engine pauses when too many events wait here unread.
   */
  async *stream<Name extends EngineCall>(
    method: Name,
    params: EngineCalls[Name]['params'],
    signal?: AbortSignal,
  ): AsyncGenerator<EngineCalls[Name]['event'], EngineCalls[Name]['result'], undefined> {
    throwIfCancelled(signal, 'Cancelled before it began.');
    if (this.#ended) throw new BackendFailedError('The engine process has ended.');
    const id = this.#nextId++;
    const events = new EventQueue<unknown>();
    const settled: { outcome: { value: unknown } | { error: unknown } | null } = { outcome: null };
    this.#pending.set(id, {
      events,
      settle: (outcome) => {
        settled.outcome = outcome;
        this.#pending.delete(id);
        this.#hold();
        if ('error' in outcome) events.fail(outcome.error);
        else events.end();
      },
    });
    this.#hold();
    const abort = (): void => this.#send({ kind: 'abort', id });
    signal?.addEventListener('abort', abort, { once: true });
    this.#send({ kind: 'call', id, method, params });
    let taken = 0;
    try {
      for (;;) {
        const batch = await events.take();
        if (batch === null) break;
        for (const event of batch) yield event as EngineCalls[Name]['event'];
        taken += batch.length;
        if (taken < EVENTS_PER_RECEIPT) continue;
        this.#send({ kind: 'taken', id, count: taken });
        taken = 0;
      }
      return (settled.outcome as { value: EngineCalls[Name]['result'] }).value;
    } finally {
      signal?.removeEventListener('abort', abort);
      if (settled.outcome === null) abort();
    }
  }

  /** Ends the process at once; pending calls fail with `reason`. Resolves when it is gone. */
  async close(reason: Error = new CancelledError('The engine was closed before it was done.')): Promise<void> {
    if (this.#ended) return;
    this.#closeReason ??= reason;
    // Its last output is waited for too, so the pipe must hold the program open like the process itself.
    this.#closing = true;
    this.#hold();
    const gone = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    this.#child.kill('SIGKILL');
    await gone;
  }

  #send(message: ToEngine): void {
    if (!this.#ended && this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** An idle engine must not keep the program from ending. */
  #hold(): void {
    this.#holdOpen(this.#closing || this.#pending.size > 0);
  }

  #holdOpen(open: boolean): void {
    const method = open ? 'ref' : 'unref';
    this.#child[method]();
    this.#child.channel?.[method]();
    const stderr = this.#child.stderr as unknown as { ref?(): void; unref?(): void } | null;
    stderr?.[method]?.();
  }

  #receive(message: FromEngine): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    if (message.kind === 'events') pending.events.push(message.events);
    else pending.settle(message.kind === 'result' ? { value: message.value } : { error: fromWire(message.error) });
  }

  #death(code: number | null, signal: NodeJS.Signals | null): Error {
    const said = this.#stderr.trim().split('\n').slice(-3).join(' ');
    if (/bad_alloc|out of memory|failed to allocate|cudaMalloc|ErrorOutOfDeviceMemory/i.test(this.#stderr)) {
      return new OutOfMemoryError(`The engine ran out of memory: ${said}`, {
        hint: 'Choose a lower level, a shorter context or fewer layers on the device.',
      });
    }
    const hint = signal === null ? undefined : SIGNAL_HINTS[signal];
    return new BackendFailedError(
      `The engine process ended unexpectedly (${signal ?? `code ${String(code)}`})${said === '' ? '' : `: ${said}`}`,
      hint === undefined ? {} : { hint },
    );
  }

  #finish(error: Error): void {
    this.#ended = true;
    for (const pending of [...this.#pending.values()]) pending.settle({ error });
  }
}

function startFailure(cause: NodeJS.ErrnoException): Error {
  const reason = START_FAILURES[cause.code ?? ''];
  if (reason === undefined) return new BackendFailedError(`The engine process failed: ${cause.message}`, { cause });
  return new BackendFailedError(`The engine process could not be started: ${reason.message}.`, {
    hint: reason.hint,
    cause,
  });
}

const START_FAILURES: Readonly<Record<string, { readonly message: string; readonly hint: string }>> = {
  EMFILE: { message: 'too many files are open in this process', hint: 'Raise the limit: ulimit -n' },
  ENFILE: { message: 'too many files are open on this machine', hint: 'End other programs.' },
  EAGAIN: { message: 'there are too many processes', hint: 'End other programs, or raise the limit: ulimit -u' },
  ENOMEM: { message: 'there is too little memory', hint: 'End other programs.' },
};

/** What an end by a signal means, as far as it can be known. */
const SIGNAL_HINTS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGKILL: 'The system may have ended it because memory ran out: choose a lower level or a shorter context.',
  SIGBUS: 'A model file became shorter while it was in use, or its disk failed. Do not change files in place.',
  SIGILL: "This processor lacks an instruction that the engine's build uses.",
};

const fromSource: boolean = import.meta.url.endsWith('.ts');

function hostEntry(): string {
  return fileURLToPath(new URL(fromSource ? '../host/main.ts' : '../host/main.cjs', import.meta.url));
}

/** Tests run this package from its TypeScript sources, which Node 20 cannot read by itself. */
function sourceArguments(): string[] {
  if (!fromSource) return [];
  return ['--conditions=@plimsoll/source', '--import', new URL('../../test/source-loader.mjs', import.meta.url).href];
}
