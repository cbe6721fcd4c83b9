import { z } from 'zod';
import type { HttpServer } from '../server/http-server.js';

/** `GET /openapi.json`: the description of all routes, OpenAPI 3.1. */
export function addOpenApiRoute(server: HttpServer, describe: () => object): void {
  server.get(
    '/openapi.json',
    {
      schema: {
        summary: 'This description',
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    async () => ({ ...describe() }),
  );
}
