import { CancelledError } from '@plimsoll/domain';
import type { CallOptions, GenerateEvent, GenerateRequest, ModelRuntime } from '@plimsoll/domain';
import type { InMemoryModelRuntime } from '@plimsoll/testing';

/** A runtime that writes word after word, each only when the test lets it, until it is cancelled. */
export interface GatedRuntime {
  readonly runtime: (inner: InMemoryModelRuntime) => ModelRuntime;
  /** Lets so many more words through. */
  open(words: number): void;
  /** Ends the generation after the words that were let through. */
  finish(): void;
  /** How often a generation was started, and ended by its signal. */
  readonly seen: { started: number; cancelled: number; written: number };
}

/** Makes one. Each word is `bytes` long. */
export function gatedRuntime(bytes = 4): GatedRuntime {
  const seen = { started: 0, cancelled: 0, written: 0 };
  let allowed = 0;
  let finished = false;
  let wake: () => void = () => undefined;
  const word = 'w'.repeat(bytes);

  async function* generate(_request: GenerateRequest, options?: CallOptions): AsyncGenerator<GenerateEvent> {
    const signal = options?.signal;
    seen.started += 1;
    for (;;) {
      while (allowed === 0 && !finished && signal?.aborted !== true) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal?.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      if (signal?.aborted === true) {
        seen.cancelled += 1;
        throw new CancelledError('The generation was cancelled.');
      }
      if (allowed === 0) break;
      allowed -= 1;
      seen.written += 1;
      yield { type: 'text', text: word };
    }
    const unknown = { promptTokens: null, cachedPromptTokens: null, loadMs: null, prefillMs: null, decodeMs: null };
    const timings = { ...unknown, generatedTokens: seen.written, firstTokenMs: null, totalMs: 1 };
    yield { type: 'done', stopReason: 'stop', timings };
  }

  return {
    seen,
    open(words) {
      allowed += words;
      wake();
    },
    finish() {
      finished = true;
      wake();
    },
    runtime: (inner) =>
      new Proxy(inner, {
        get: (target, name) => {
          if (name === 'generate') return generate;
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
  };
}
