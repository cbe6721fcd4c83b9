import type { ServerResponse } from 'node:http';
import { encodeLine } from '@plimsoll/protocol';
import { anthropicError, anthropicErrorType } from '@plimsoll/protocol/anthropic';
import { ollamaError } from '@plimsoll/protocol/ollama';
import { openAiError, openAiErrorType } from '@plimsoll/protocol/openai';
import type { Api } from '../observability/observation.js';
import type { Failure } from './failure.js';

/** A stream that may have to be opened before its answer begins. */
export interface EarlyBytesOptions {
  readonly api: Api;
  /** Such as `/api/chat`. */
  readonly path: string;
  /** The model as it was asked for. */
  readonly model: string;
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  /** Silence after which a piece is sent. */
  readonly aliveMs: number;
}

/**
 * Keeps a client that waits for its turn, or for a model to load, from giving up: after some silence its stream is
 * opened, with pieces that change nothing. An error can then only be the stream's last words.
 */
export class EarlyBytes {
  readonly #options: EarlyBytesOptions;
  readonly #timer: NodeJS.Timeout;
  #opened = false;

  constructor(options: EarlyBytesOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#write(), options.aliveMs);
    this.#timer.unref();
  }

  /** Whether the client has got a status. */
  get opened(): boolean {
    return this.#opened;
  }

  /** The answer begins. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** What went wrong, as the end of a stream. */
  lastWords(failure: Failure): string {
    // Closes an event whose empty line did not come.
    return (this.#options.api === 'ollama' ? '' : '\n') + FAILED[this.#options.api](failure);
  }

  /** Ends an open stream with what went wrong. */
  fail(failure: Failure): void {
    this.stop();
    this.#options.response.end(this.lastWords(failure));
  }

  #write(): void {
    const { api, path, model, response, headers } = this.#options;
    if (response.destroyed || (response.headersSent && !this.#opened)) return;
    if (!this.#opened) {
      const type = api === 'ollama' ? 'application/x-ndjson' : 'text/event-stream; charset=utf-8';
      response.writeHead(200, { ...headers, 'content-type': type, 'cache-control': 'no-store' });
    }
    this.#opened = true;
    if (api !== 'ollama') response.write(': waiting\n\n');
    else {
      const empty = path === '/api/chat' ? { message: { role: 'assistant', content: '' } } : { response: '' };
      response.write(encodeLine({ model, created_at: new Date().toISOString(), ...empty, done: false }));
    }
  }
}

const FAILED: Readonly<Record<Api, (failure: Failure) => string>> = {
  ollama: ({ message }) => encodeLine(ollamaError(message)),
  openai: ({ status, message }) => `data: ${JSON.stringify(openAiError(message, openAiErrorType(status), null))}\n\n`,
  anthropic: ({ status, message }) =>
    `event: error\ndata: ${JSON.stringify(anthropicError(anthropicErrorType(status), message))}\n\n`,
};
