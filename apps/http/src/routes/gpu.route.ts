import { gpuDocument } from '@plimsoll/contract';
import type { GpuDocument } from '@plimsoll/contract';
import { failureSchema, gpuSchema } from '@plimsoll/contract/schemas';
import type { z } from 'zod';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

const answerSchema: z.ZodType<GpuDocument> = gpuSchema;

/** `GET /gpu`: devices, their state, and the machine itself. */
export function addGpuRoute(server: HttpServer, services: HttpServices): void {
  server.get(
    '/gpu',
    {
      schema: {
        summary: 'Devices and live readings; null is unknown',
        response: { 200: answerSchema, default: failureSchema },
      },
    },
    async (_request, reply) => gpuDocument(await services.devices.read({ signal: abortOnDisconnect(reply) })),
  );
}
