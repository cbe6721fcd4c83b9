import { planDocument } from '@plimsoll/domain';
import { errorBodySchema } from '../errors/error-answer.js';
import { planDocumentSchema } from '../schemas/plan-document.schema.js';
import { planRequestSchema } from '../schemas/plan-request.schema.js';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

/** `POST /plan`: what fits, how fast, how good, and what to take. */
export function addPlanRoute(server: HttpServer, services: HttpServices): void {
  server.post(
    '/plan',
    {
      schema: {
        summary: 'Candidates with footprint, fit, expected speed and quality; one recommended, with reasons',
        description: 'When nothing fits, `recommended` is null and `obstacles` says by how much it misses.',
        body: planRequestSchema,
        response: { 200: planDocumentSchema, default: errorBodySchema },
      },
    },
    async ({ body }, reply) => {
      const lease = await services.backend();
      try {
        return planDocument(await lease.planning.plan(body, { signal: abortOnDisconnect(reply) }));
      } finally {
        lease.release();
      }
    },
  );
}
