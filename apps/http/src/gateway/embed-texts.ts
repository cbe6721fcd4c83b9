import { CapabilityMissingError } from '@plimsoll/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { askedModel } from './asked-model.js';
import { applicant, withBackend } from './gateway-context.js';
import type { GatewayContext } from './gateway-context.js';
import { observationOf } from '../observability/observe-requests.js';
import { variantHeaders } from './variant-headers.js';

/**
 * Vectors of texts by the variant that answers for a model.
 * @throws CapabilityMissingError
 */
export async function embedTexts(
  context: GatewayContext,
  name: string,
  texts: readonly string[],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<readonly (readonly number[])[]> {
  const { signal, done } = context.running.begin(reply);
  let leave = (): void => undefined;
  try {
    return await withBackend(context, async ({ runtime, places }) => {
      const { model, level } = await askedModel(context, name, request.headers, runtime);
      leave = await context.admission.enter(model, applicant(request, signal));
      if (!runtime.capabilities.embeddings) throw new CapabilityMissingError('This backend makes no embeddings.');
      const { chosen, release } = await places.place(model, { make: 'in-background', level, signal });
      try {
        observationOf(request)?.placed(model, chosen);
        reply.headers(variantHeaders(chosen));
        return texts.length === 0 ? [] : (await runtime.embed(chosen.variant, texts, { signal })).vectors;
      } finally {
        release();
      }
    });
  } finally {
    leave();
    done();
  }
}
