import type { Clock } from '@plimsoll/domain';
import type { HttpFetch } from '@plimsoll/transport';

/** Limits on waiting, in milliseconds. */
export interface OllamaTimeouts {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** Until a question about models (list, show, resident …) is answered. */
  readonly answerMs: number;
  /** Until a model is loaded, or the first token of an answer comes. */
  readonly loadMs: number;
  /** Between two pieces of a streamed answer. */
  readonly pauseMs: number;
  /** Between two signs of life of a pull, an upload or a build; hashing a large file is silent for long. */
  readonly buildPauseMs: number;
}

/** The limits that hold when none are given. */
export const DEFAULT_TIMEOUTS: OllamaTimeouts = {
  connectMs: 5_000,
  answerMs: 30_000,
  loadMs: 600_000,
  pauseMs: 120_000,
  buildPauseMs: 900_000,
};

/** Where the server is and how to talk to it. */
export interface OllamaOptions {
  /** As `OLLAMA_HOST` may hold it: `http://host:port`, `host:port`, `host` or `:port`. Default 127.0.0.1:11434. */
  readonly host?: string | undefined;
  /** Sent with every request, for servers behind a proxy that asks for authorization. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeouts?: Partial<OllamaTimeouts> | undefined;
  /** Replaces HTTP. */
  readonly fetch?: HttpFetch | undefined;
  /** Replaces the clock. */
  readonly clock?: Pick<Clock, 'monotonicMs'> | undefined;
}
