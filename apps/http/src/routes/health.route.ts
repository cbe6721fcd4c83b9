import { z } from 'zod';
import type { HttpServer } from '../server/http-server.js';

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
