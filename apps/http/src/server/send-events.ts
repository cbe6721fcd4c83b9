import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { settledOrSilence } from './settled-or-silence.js';

/** One server-sent event; with an `id` a client that lost its connection says where it was. */
export interface SentEvent {
  readonly id?: number | undefined;
  readonly name: string;
  readonly data: unknown;
}

/** Answers with events until they end, with a comment after each silence of `heartbeatMs`. */
export function sendEvents(reply: FastifyReply, events: AsyncIterable<SentEvent>, heartbeatMs: number): FastifyReply {
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(Readable.from(withHeartbeat(events, heartbeatMs), { objectMode: false }));
}

async function* withHeartbeat(events: AsyncIterable<SentEvent>, heartbeatMs: number): AsyncGenerator<string> {
  const iterator = events[Symbol.asyncIterator]();
  try {
    // The head goes out at once.
    yield ': open\n\n';
    for (;;) {
      const next = iterator.next();
      next.catch(() => undefined);
      while ((await settledOrSilence(next, heartbeatMs)) === 'silence') yield ': waiting\n\n';
      const result = await next;
      if (result.done === true) return;
      yield written(result.value);
    }
  } finally {
    await iterator.return?.();
  }
}

const written = ({ id, name, data }: SentEvent): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
