import type { EventBus, PlimsollEvent } from '@plimsoll/domain';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';
import { sendEvents } from '../server/send-events.js';
import type { SentEvent } from '../server/send-events.js';

/** Events that wait for a slow reader; older ones are dropped. */
const MOST_WAITING = 256;

/** `GET /events`: what happens inside, as it happens. */
export function addEventsRoute(server: HttpServer, { events }: HttpServices, heartbeatMs: number): void {
  server.get(
    '/events',
    {
      schema: {
        summary: 'Follows what happens: settings-changed, generation-finished, variant-progress, variant-built, …',
        description: 'Server-sent events. A reader that is slow misses the oldest ones.',
        response: {
          200: { description: 'Server-sent events', content: { 'text/event-stream': { schema: z.string() } } },
        },
      },
    },
    async (_request, reply) =>
      sendEvents(reply as FastifyReply, happenings(events, abortOnDisconnect(reply as FastifyReply)), heartbeatMs),
  );
}

async function* happenings(bus: EventBus, signal: AbortSignal): AsyncGenerator<SentEvent> {
  const waiting: PlimsollEvent[] = [];
  let wake = (): void => undefined;
  const unsubscribe = bus.subscribe((event) => {
    waiting.push(event);
    if (waiting.length > MOST_WAITING) waiting.shift();
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    const isGone = (): boolean => signal.aborted;
    while (!isGone()) {
      for (const event of waiting.splice(0)) yield written(event);
      // It may have left while the last event was on its way.
      if (waiting.length === 0 && !isGone()) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    unsubscribe();
  }
}

/** Settings hold secrets: that they changed is said, and nothing of them. */
function written(event: PlimsollEvent): SentEvent {
  if (event.type === 'settings-changed') return { name: event.type, data: {} };
  const { type: name, ...data } = event;
  return { name, data };
}
