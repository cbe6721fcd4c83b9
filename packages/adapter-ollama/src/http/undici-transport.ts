import { Readable } from 'node:stream';
import type { Agent, request } from 'undici';
import type { HttpTransport } from './http-fetch.js';

/**
 * HTTP over undici. Loading a large model takes minutes before the first byte, so undici's own limits on
 * headers and body are off; every caller here sets its own. Undici is loaded with the first request.
 */
export function undiciTransport(connectMs: number): HttpTransport {
  let opened: Promise<{ readonly agent: Agent; readonly send: typeof request }> | null = null;
  const open = async (): Promise<{ readonly agent: Agent; readonly send: typeof request }> => {
    const undici = await import('undici');
    const agent = new undici.Agent({ connect: { timeout: connectMs }, headersTimeout: 0, bodyTimeout: 0 });
    return { agent, send: undici.request };
  };
  return {
    async fetch(url, asked) {
      opened ??= open();
      const { agent, send } = await opened;
      const answer = await send(url, {
        dispatcher: agent,
        method: asked.method,
        headers: { ...asked.headers },
        signal: asked.signal,
        body: typeof asked.body === 'object' ? readable(asked.body) : (asked.body ?? null),
      });
      const header = (name: string): string | null => {
        const value = answer.headers[name.toLowerCase()];
        return (Array.isArray(value) ? value[0] : value) ?? null;
      };
      return { status: answer.statusCode, header, body: answer.body };
    },
    async close() {
      if (opened === null) return;
      const { agent } = await opened;
      opened = null;
      await agent.destroy();
    },
  };
}

/** undici takes iterables, but only Node's stream type says so in its declarations. */
function readable(chunks: AsyncIterable<Uint8Array>): Readable {
  return Readable.from(chunks, { objectMode: false });
}
