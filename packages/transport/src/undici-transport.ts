import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { Agent, request } from 'undici';
import type { HttpTransport } from './http-fetch.js';

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
export function undiciTransport(options: UndiciTransportOptions): HttpTransport {
  let opened: Promise<{ readonly agent: Agent; readonly send: typeof request }> | null = null;
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
    async close() {
      if (opened === null) return;
      const { agent } = await opened;
      opened = null;
      await agent.destroy();
    },
  };
}

async function open(options: UndiciTransportOptions): Promise<{ agent: Agent; send: typeof request }> {
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
