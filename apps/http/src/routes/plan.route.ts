import type { PlanInput, PlanModel } from '@plimsoll/application';
import { planDocument, type PlanDocument, type ResidentPlanDocument } from '@plimsoll/contract';
import type { CallOptions } from '@plimsoll/domain';
import { failureSchema, planSchema, planTogetherSchema } from '@plimsoll/contract/schemas';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { PlanJob } from '../planning/plan-job.js';
import type { PlanningThread } from '../planning/planning-thread.js';
import { modelsOf, planCallSchema } from '../schemas/plan-request.schema.js';
import type { PlanCall } from '../schemas/plan-request.schema.js';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { Access } from '../security/access.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

const DESCRIPTION = `When nothing fits, \`recommended\` is null and \`obstacles\` says by how much it misses. With \
\`models\` in place of \`model\` the answer tells how all of them can be in memory at once. With \`exact\` the engine \
itself is asked for its bytes; each candidate that it answered for has them beside those of the closed form.`;

const answerSchema: z.ZodType<PlanDocument | ResidentPlanDocument> = z.union([planSchema, planTogetherSchema]);

/** What the route works with. */
export interface PlanRouteOptions {
  readonly services: HttpServices;
  readonly access: Access;
  /** Where plans are computed, so that other requests go on. */
  readonly thread: PlanningThread;
}

/** `POST /plan`: what fits, how fast, how good, and what to take. */
export function addPlanRoute(server: HttpServer, { services, access, thread }: PlanRouteOptions): void {
  server.post(
    '/plan',
    {
      schema: {
        summary: 'Candidates with footprint, fit, expected speed and quality; one recommended, with reasons',
        description: DESCRIPTION,
        body: planCallSchema,
        response: { 200: answerSchema, default: failureSchema },
      },
    },
    async (request, reply) => {
      const { body } = request;
      await access.assertMayRequest(request, modelsOf(body));
      const signal = abortOnDisconnect(reply);
      const lease = await services.backend();
      try {
        const { planning } = lease;
        if (body.kind === 'one' && body.exact) {
          const prepared = await planning.prepare(body.request, { signal });
          return planDocument(await planning.planExactly(prepared, { signal }));
        }
        const job = await jobOf(planning, body, { signal });
        // Text goes out as it is: checking megabytes against the schema would hold the others up again.
        return await (reply as FastifyReply)
          .type('application/json; charset=utf-8')
          .send(await thread.plan(job, signal));
      } finally {
        lease.release();
      }
    },
  );
}

async function jobOf(planning: PlanModel, call: PlanCall, options: CallOptions): Promise<PlanJob> {
  if (call.kind === 'one') return { kind: 'one', input: (await planning.prepare(call.request, options)).input };
  const inputs: PlanInput[] = [];
  for (const model of call.models) inputs.push((await planning.prepare({ ...call.request, model }, options)).input);
  return { kind: 'together', inputs };
}
