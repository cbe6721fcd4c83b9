import { errorBodySchema } from '../errors/error-body.js';
import { statisticsQuerySchema, statisticsSchema } from '../schemas/statistics.schema.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

/** `GET /stats`: recorded performance per model and variant. */
export function addStatsRoute(server: HttpServer, services: HttpServices): void {
  server.get(
    '/stats',
    {
      schema: {
        summary: 'Recorded performance per model and variant',
        querystring: statisticsQuerySchema,
        response: { 200: statisticsSchema, default: errorBodySchema },
      },
    },
    async ({ query }) => ({ statistics: await services.statistics.statistics(query) }),
  );
}
