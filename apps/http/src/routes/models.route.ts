import { modelListSchema } from '../schemas/model-list.schema.js';
import { errorBodySchema } from '../errors/error-body.js';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

/** `GET /models`: what the backend has at hand. */
export function addModelsRoute(server: HttpServer, services: HttpServices): void {
  server.get(
    '/models',
    {
      schema: {
        summary: 'Models and variants of the backend, resident ones marked',
        response: { 200: modelListSchema, default: errorBodySchema },
      },
    },
    async (_request, reply) => {
      const lease = await services.backend();
      try {
        return await lease.models.list({ signal: abortOnDisconnect(reply) });
      } finally {
        lease.release();
      }
    },
  );
}
