import { statsDocument } from '@plimsoll/contract';
import type { StatsDocument } from '@plimsoll/contract';
import { failureSchema, statsSchema } from '@plimsoll/contract/schemas';
import type { z } from 'zod';
import { statisticsQuerySchema } from '../schemas/statistics.schema.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

const answerSchema: z.ZodType<StatsDocument> = statsSchema;

/** `GET /stats`: recorded performance per model and variant. */
export function addStatsRoute(server: HttpServer, services: HttpServices): void {
  server.get(
    '/stats',
    {
      schema: {
        summary: 'Recorded performance per model and variant',
        querystring: statisticsQuerySchema,
        response: { 200: answerSchema, default: failureSchema },
      },
    },
    async ({ query }) => {
      const statistics = await services.statistics.statistics(query);
      const development = await services.regressions.find(query);
      return statsDocument(statistics, query.sinceMs ?? null, development, null, false);
    },
  );
}
