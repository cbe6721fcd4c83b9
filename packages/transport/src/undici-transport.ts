import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { Agent, Dispatcher, request } from 'undici';
import type { AnswerSink, Exchange, RelayedRequest, RelayTransport } from './http-fetch.js';

/** How connections are opened and kept. */
export interface UndiciTransportOptions {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** Until the answer begins, and between two pieces of it. Default 0: no limit, the caller watches. */
  readonly idleMs?: number;
  /** Turns a host name into addresses. */
  readonly lookup?: LookupFunction;
  /** Connections to one server at a time. Default: as many as there are requests. */
  readonly connections?: number;
  /** How long an unused connection is kept. */
  readonly keepAliveMs?: number;
  readonly maxHeaderBytes?: number;
}

/**
 * HTTP over undici, loaded with the first request. Its own limits are off unless asked for: loading a large model
 * takes minutes before the first byte, so every caller sets its own.
 */
export function undiciTransport(options: UndiciTransportOptions): RelayTransport {
  let opened: Promise<Opened> | null = null;
  /** What was opened, for requests that come when it is. */
  let ready: Opened | null = null;
  return {
    async fetch(url, asked) {
      opened ??= open(options);
      const { agent, send } = await opened;
      const answer = await send(url, {
        dispatcher: agent,
        method: asked.method,
        headers: { ...asked.headers },
        signal: asked.signal,
        body: typeof asked.body === 'object' ? readable(asked.body) : (asked.body ?? null),
      });
      const { statusCode: status, headers, body } = answer;
      const discard = (): void => {
        body.on('error', () => undefined).destroy();
      };
      return { status, headers, body, discard };
    },
    relay(url, asked, sink) {
      if (ready !== null) return dispatch(ready.agent, url, asked, sink);
      opened ??= open(options);
      return opened.then((now) => {
        ready = now;
        return dispatch(now.agent, url, asked, sink);
      });
    },
    async close() {
      if (opened === null) return;
      const { agent } = await opened;
      opened = ready = null;
      await agent.destroy();
    },
  };
}

/** undici's own callbacks: a stream and its iterator would cost more than the rest of a relayed request. */
function dispatch(agent: Agent, url: string, { method, headers, body }: RelayedRequest, sink: AnswerSink): Exchange {
  let controller: Dispatcher.DispatchController | null = null;
  let aborted: Error | null = null;
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const sent = {
    origin: start < 0 ? url : url.slice(0, start),
    path: start < 0 ? '/' : url.slice(start),
    method: method,
    headers: headers as Record<string, string | string[]>,
    body: body !== null && typeof body === 'object' ? readable(body) : body,
  };
  agent.dispatch(sent, {
    onRequestStart(begun) {
      controller = begun;
      if (aborted !== null) begun.abort(aborted);
    },
    onResponseStart(_begun, status, answered) {
      if (status >= 200) sink.head(status, answered);
    },
    onResponseData(begun, chunk) {
      if (!sink.piece(chunk)) begun.pause();
    },
    onResponseEnd() {
      sink.end();
    },
    onResponseError(_begun, error) {
      sink.failed(error);
    },
  });
  return {
    resume: () => controller?.resume(),
    abort(reason) {
      aborted = reason;
      controller?.abort(reason);
    },
  };
}

/** Loaded, with its connections. */
interface Opened {
  readonly agent: Agent;
  readonly send: typeof request;
}

async function open(options: UndiciTransportOptions): Promise<Opened> {
  const { connectMs, idleMs = 0, lookup, connections, keepAliveMs, maxHeaderBytes } = options;
  const undici = await import('undici');
  const agent = new undici.Agent({
    connect: { timeout: connectMs, ...(lookup === undefined ? {} : { lookup, autoSelectFamily: true }) },
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    ...(connections === undefined ? {} : { connections }),
    ...(keepAliveMs === undefined ? {} : { keepAliveTimeout: keepAliveMs }),
    ...(maxHeaderBytes === undefined ? {} : { maxHeaderSize: maxHeaderBytes }),
  });
  return { agent, send: undici.request };
}

/** undici takes iterables, but only Node's stream type says so in its declarations. */
function readable(chunks: AsyncIterable<Uint8Array>): Readable {
  return chunks instanceof Readable ? chunks : Readable.from(chunks, { objectMode: false });
}
