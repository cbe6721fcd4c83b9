import { modelsDocument } from '@plimsoll/contract';
import type { ModelsDocument } from '@plimsoll/contract';
import { failureSchema, modelsSchema } from '@plimsoll/contract/schemas';
import type { z } from 'zod';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

const answerSchema: z.ZodType<ModelsDocument> = modelsSchema;

/** `GET /models`: what the backend has at hand. */
export function addModelsRoute(server: HttpServer, services: HttpServices): void {
  server.get(
    '/models',
    {
      schema: {
        summary: 'Models and variants of the backend, resident ones marked',
        response: { 200: answerSchema, default: failureSchema },
      },
    },
    async (_request, reply) => {
      const lease = await services.backend();
      try {
        return modelsDocument(lease.runtime.id, await lease.models.list({ signal: abortOnDisconnect(reply) }));
      } finally {
        lease.release();
      }
    },
  );
}
