import { failureSchema, generationEventSchemas } from '@plimsoll/contract/schemas';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { generateCallSchema } from '../schemas/generate.schema.js';
import type { Access } from '../security/access.js';
import { generationEvents } from '../server/generation-events.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';
import type { RunningRequests } from '../server/running-requests.js';

/** Prompts carry images. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

const DESCRIPTION = `Answers with server-sent events: \`variant\` (the variant that runs), \`progress\` (of making it), \
\`text\`, then one \`done\` with timings, or one \`error\`. Closing the connection cancels the generation.`;

const eventsSchema = z
  .object(generationEventSchemas)
  .partial()
  .meta({ description: 'Each property is the data of the events of that name.' });

/** What the route works with. */
export interface GenerateRouteOptions {
  readonly services: HttpServices;
  readonly access: Access;
  readonly running: RunningRequests;
  /** Milliseconds of silence after which a comment is sent. */
  readonly heartbeatMs: number;
}

/** `POST /generate`: through the policy, streamed. */
export function addGenerateRoute(server: HttpServer, options: GenerateRouteOptions): void {
  const { services, access, running, heartbeatMs } = options;
  server.post(
    '/generate',
    {
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        summary: 'Generates with the variant that the settings choose',
        description: DESCRIPTION,
        body: generateCallSchema,
        response: {
          200: { description: 'Server-sent events', content: { 'text/event-stream': { schema: eventsSchema } } },
          default: failureSchema,
        },
      },
    },
    async (request, reply) => {
      await access.assertMayRequest(request, [request.body.request.model]);
      const { signal, done } = running.begin(reply);
      let over = done;
      try {
        const lease = await services.backend();
        const { generation } = lease;
        const events = generationEvents({ generation, call: request.body, signal, heartbeatMs });
        over = () => {
          void events.return(undefined).catch(() => undefined);
          lease.release();
          done();
        };
        // The first event decides on the status: a failure before it is an ordinary answer.
        const first = await events.next();
        // A stream that is destroyed before its first read never enters its generator: only its closing is certain.
        const stream = Readable.from(untilOver(first, events, over), { objectMode: false }).once('close', over);
        return await (reply as FastifyReply)
          .header('content-type', 'text/event-stream; charset=utf-8')
          .header('cache-control', 'no-store')
          .send(stream);
      } catch (error) {
        over();
        throw error;
      }
    },
  );
}

async function* untilOver(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
  over: () => void,
): AsyncGenerator<string> {
  try {
    if (first.done !== true) yield first.value;
    yield* rest;
  } finally {
    over();
  }
}
