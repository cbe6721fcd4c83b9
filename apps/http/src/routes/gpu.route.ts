import { errorBodySchema } from '../errors/error-body.js';
import { machineStateSchema } from '../schemas/machine-state.schema.js';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

/** `GET /gpu`: devices, their state, and the machine itself. */
export function addGpuRoute(server: HttpServer, services: HttpServices): void {
  server.get(
    '/gpu',
    {
      schema: {
        summary: 'Devices and live readings; null is unknown',
        response: { 200: machineStateSchema, default: errorBodySchema },
      },
    },
    async (_request, reply) => services.devices.read({ signal: abortOnDisconnect(reply) }),
  );
}
