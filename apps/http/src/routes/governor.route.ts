import { Readable } from 'node:stream';
import type { Governor } from '@plimsoll/composition';
import { governorDocument, governorEvent, governorLogDocument } from '@plimsoll/contract';
import type { GovernorDocument, GovernorEventDocument, GovernorLogDocument } from '@plimsoll/contract';
import {
  failureSchema,
  governorLogSchema,
  governorModeSchema,
  governorPinSchema,
  governorSchema,
} from '@plimsoll/contract/schemas';
import { CapabilityMissingError } from '@plimsoll/domain';
import { encodeEvent } from '@plimsoll/protocol';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { EventFeed } from '../server/event-feed.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';
import type { RunningRequests } from '../server/running-requests.js';

const answerSchema: z.ZodType<GovernorDocument> = governorSchema;
const logAnswerSchema: z.ZodType<GovernorLogDocument> = governorLogSchema;
const changeSchema = z.strictObject({
  mode: governorModeSchema.optional(),
  pin: z.strictObject({ model: z.string().min(1).max(512), to: governorPinSchema }).optional(),
});

const EVENTS = `Server-sent events for as long as the client stays: \`decision\` as it was carried out, \`pressure\` when a
memory comes under another one, \`steered\` when somebody pins a model or changes the mode, and \`lost\` with a number when
the client reads too slowly. The data is JSON. A comment comes when nothing happens for a while.`;

/** What the routes work with. */
export interface GovernorRouteOptions {
  readonly services: HttpServices;
  readonly running: RunningRequests;
  /** Milliseconds of silence after which a comment is sent. */
  readonly heartbeatMs: number;
}

/** `/governor`: what it sees, what it decided, and the hand on it. */
export function addGovernorRoutes(server: HttpServer, options: GovernorRouteOptions): void {
  const { services, running, heartbeatMs } = options;
  server.get(
    '/governor',
    {
      schema: {
        summary: 'Memory by who holds it, and where each model stands on its ladder',
        response: { 200: answerSchema, default: failureSchema },
      },
    },
    async () => withGovernor(services, async ({ govern }) => governorDocument(await govern.status())),
  );
  server.get(
    '/governor/log',
    {
      schema: {
        summary: 'The last decisions with inputs, prediction and outcome, oldest first',
        response: { 200: logAnswerSchema, default: failureSchema },
      },
    },
    async () => withGovernor(services, async ({ govern }) => governorLogDocument(govern.log.entries())),
  );
  server.put(
    '/governor',
    {
      schema: {
        summary: 'Sets the mode (active, dry-run, hold), or pins a model: loaded, at its point, or not at all',
        body: changeSchema,
        response: { 200: answerSchema, default: failureSchema },
      },
    },
    async (request) => {
      const { mode, pin } = request.body;
      return withGovernor(services, async (governor) => {
        const { govern } = governor;
        if (pin !== undefined) govern.pin(pin.model, pin.to);
        if (mode !== undefined) govern.steer(mode);
        return governorDocument(await govern.status());
      });
    },
  );
  server.get(
    '/governor/events',
    {
      schema: {
        summary: 'What the governor does, as it happens',
        description: EVENTS,
        response: {
          200: { description: 'Server-sent events', content: { 'text/event-stream': { schema: z.string() } } },
          default: failureSchema,
        },
      },
    },
    async (_request, reply) => {
      await withGovernor(services, async () => undefined);
      const { signal, done } = running.begin(reply);
      const feed = new EventFeed<GovernorEventDocument>();
      const unsubscribe = services.events.subscribe((event) => {
        const told = governorEvent(event);
        if (told !== null) feed.put(told);
      });
      reply.raw.once('close', () => {
        unsubscribe();
        done();
      });
      return (reply as FastifyReply)
        .header('content-type', 'text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(Readable.from(eventTexts(feed, heartbeatMs, signal), { objectMode: false }));
    },
  );
}

/** Begins with a comment, so that the client knows that it is listened to. Ends when the server stops. */
async function* eventTexts(
  feed: EventFeed<GovernorEventDocument>,
  heartbeatMs: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield ': listening\n\n';
  while (!signal.aborted) {
    const fed = await feed.next(heartbeatMs, signal);
    if (fed.kind === 'silence') yield ': waiting\n\n';
    else {
      const told: GovernorEventDocument = fed.kind === 'lost' ? { kind: 'lost', events: fed.count } : fed.item;
      yield encodeEvent(told, told.kind);
    }
  }
}

async function withGovernor<Result>(
  services: HttpServices,
  use: (governor: Governor) => Promise<Result>,
): Promise<Result> {
  const lease = await services.backend();
  const { governor } = lease;
  try {
    if (governor === null) {
      throw new CapabilityMissingError('Memory is not governed here.', { remedies: [{ kind: 'govern-memory' }] });
    }
    return await use(governor);
  } finally {
    lease.release();
  }
}
