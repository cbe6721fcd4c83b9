import type { PlanModel } from '@plimsoll/application';
import { planDocument, residentPlanDocument, type PlanDocument, type ResidentPlanDocument } from '@plimsoll/contract';
import type { CallOptions } from '@plimsoll/domain';
import { planSchema, planTogetherSchema } from '@plimsoll/contract/schemas';
import { z } from 'zod';
import { errorBodySchema } from '../errors/error-body.js';
import { planCallSchema } from '../schemas/plan-request.schema.js';
import type { PlanCall } from '../schemas/plan-request.schema.js';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { Access } from '../security/access.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

const DESCRIPTION = `When nothing fits, \`recommended\` is null and \`obstacles\` says by how much it misses. With \
\`models\` in place of \`model\` the answer tells how all of them can be in memory at once. With \`exact\` the engine \
itself is asked for its bytes; each candidate that it answered for has them beside those of the closed form.`;

const answerSchema: z.ZodType<PlanDocument | ResidentPlanDocument> = z.union([planSchema, planTogetherSchema]);

/** `POST /plan`: what fits, how fast, how good, and what to take. */
export function addPlanRoute(server: HttpServer, services: HttpServices, access: Access): void {
  server.post(
    '/plan',
    {
      schema: {
        summary: 'Candidates with footprint, fit, expected speed and quality; one recommended, with reasons',
        description: DESCRIPTION,
        body: planCallSchema,
        response: { 200: answerSchema, default: errorBodySchema },
      },
    },
    async (request, reply) => {
      const { body } = request;
      await access.assertMayRequest(request, body.kind === 'one' ? [body.request.model] : body.models);
      const lease = await services.backend();
      try {
        return await answer(lease.planning, body, { signal: abortOnDisconnect(reply) });
      } finally {
        lease.release();
      }
    },
  );
}

async function answer(
  planning: PlanModel,
  call: PlanCall,
  options: CallOptions,
): Promise<PlanDocument | ResidentPlanDocument> {
  switch (call.kind) {
    case 'together':
      return residentPlanDocument(await planning.planTogether(call.models, call.request, options));
    case 'one':
      return planDocument(
        call.exact
          ? await planning.planExactly(await planning.prepare(call.request, options), options)
          : await planning.plan(call.request, options),
      );
  }
}
