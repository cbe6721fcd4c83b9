import type { Governor } from '@plimsoll/composition';
import { governorDocument, governorLogDocument } from '@plimsoll/contract';
import type { GovernorDocument, GovernorLogDocument } from '@plimsoll/contract';
import { governorLogSchema, governorModeSchema, governorPinSchema, governorSchema } from '@plimsoll/contract/schemas';
import { CapabilityMissingError } from '@plimsoll/domain';
import { z } from 'zod';
import { errorBodySchema } from '../errors/error-body.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

const answerSchema: z.ZodType<GovernorDocument> = governorSchema;
const logAnswerSchema: z.ZodType<GovernorLogDocument> = governorLogSchema;
const changeSchema = z.strictObject({
  mode: governorModeSchema.optional(),
  pin: z.strictObject({ model: z.string().min(1).max(512), to: governorPinSchema }).optional(),
});

/** `/governor`: what it sees, what it decided, and the hand on it. */
export function addGovernorRoutes(server: HttpServer, services: HttpServices): void {
  server.get(
    '/governor',
    {
      schema: {
        summary: 'Memory by who holds it, and where each model stands on its ladder',
        response: { 200: answerSchema, default: errorBodySchema },
      },
    },
    async () => withGovernor(services, async ({ govern }) => governorDocument(await govern.status())),
  );
  server.get(
    '/governor/log',
    {
      schema: {
        summary: 'The last decisions with inputs, prediction and outcome, oldest first',
        response: { 200: logAnswerSchema, default: errorBodySchema },
      },
    },
    async () => withGovernor(services, async ({ govern }) => governorLogDocument(govern.log.entries())),
  );
  server.put(
    '/governor',
    {
      schema: {
        summary: 'Sets the mode (active, dry-run, hold), or pins a model: loaded, at its point, or not at all',
        body: changeSchema,
        response: { 200: answerSchema, default: errorBodySchema },
      },
    },
    async (request) => {
      const { mode, pin } = request.body;
      return withGovernor(services, async (governor) => {
        const { govern, pool } = governor;
        if (pin !== undefined) pool.pin(pin.model, pin.to);
        if (mode !== undefined) govern.mode = mode;
        return governorDocument(await govern.status());
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
