import { isPlimsollError } from '@plimsoll/domain';
import { z } from 'zod';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

/** For the backend to say who it is. */
const ASK_MS = 5_000;

const readySchema = z.object({
  status: z.enum(['ready', 'not-ready']),
  backend: z.string().nullable(),
  reason: z.string().nullable(),
});

/** `GET /health`: that the server is up. It asks no backend and needs no token. */
export function addHealthRoute(server: HttpServer): void {
  server.get(
    '/health',
    {
      schema: {
        summary: 'Whether the server is up',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    async () => ({ status: 'ok' }) as const,
  );
}

/** `GET /ready`: whether requests to models can be answered now, which takes a backend. It needs no token. */
export function addReadyRoute(server: HttpServer, services: HttpServices): void {
  server.get(
    '/ready',
    { schema: { summary: 'Whether the backend answers', response: { 200: readySchema, 503: readySchema } } },
    async (_request, reply) => {
      try {
        const lease = await services.backend();
        const { runtime } = lease;
        try {
          await runtime.info({ signal: AbortSignal.timeout(ASK_MS) });
          return { status: 'ready', backend: runtime.id, reason: null } as const;
        } finally {
          lease.release();
        }
      } catch (error) {
        // Codes only: whoever has no token need not learn addresses.
        const reason = isPlimsollError(error) ? error.code : 'internal';
        return reply.code(503).send({ status: 'not-ready', backend: null, reason } as const);
      }
    },
  );
}
