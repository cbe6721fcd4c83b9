import { CapabilityMissingError } from '@plimsoll/domain';
import type { Governor } from '@plimsoll/composition';
import { errorBodySchema } from '../errors/error-body.js';
import {
  governorChangeSchema,
  governorDocument,
  governorDocumentSchema,
  governorLogDocument,
  governorLogSchema,
} from '../schemas/governor.schema.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

/** `/governor`: what it sees, what it decided, and the hand on it. */
export function addGovernorRoutes(server: HttpServer, services: HttpServices): void {
  server.get(
    '/governor',
    {
      schema: {
        summary: 'Memory by who holds it, and where each model stands on its ladder',
        response: { 200: governorDocumentSchema, default: errorBodySchema },
      },
    },
    async () => withGovernor(services, governorDocument),
  );
  server.get(
    '/governor/log',
    {
      schema: {
        summary: 'The last decisions with inputs, prediction and outcome, oldest first',
        response: { 200: governorLogSchema, default: errorBodySchema },
      },
    },
    async () => withGovernor(services, async ({ govern }) => governorLogDocument(govern.log.entries())),
  );
  server.put(
    '/governor',
    {
      schema: {
        summary: 'Sets the mode (active, dry-run, hold), or pins a model: loaded, at its point, or not at all',
        body: governorChangeSchema,
        response: { 200: governorDocumentSchema, default: errorBodySchema },
      },
    },
    async (request) => {
      const { mode, pin } = request.body;
      return withGovernor(services, async (governor) => {
        const { govern, pool } = governor;
        if (pin !== undefined) pool.pin(pin.model, pin.to);
        if (mode !== undefined) govern.mode = mode;
        return governorDocument(governor);
      });
    },
  );
}

async function withGovernor<Result>(
  services: HttpServices,
  use: (governor: Governor) => Promise<Result>,
): Promise<Result> {
  const lease = await services.backend();
  const { governor } = lease;
  try {
    if (governor === null) {
      throw new CapabilityMissingError('Memory is not governed here.', {
        hint: 'Govern it with: plimsoll serve --backend embedded --governor active',
      });
    }
    return await use(governor);
  } finally {
    lease.release();
  }
}
