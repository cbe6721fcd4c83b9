import { CapabilityMissingError } from '@plimsoll/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayContext } from './gateway-context.js';
import { onVariant } from './on-variant.js';

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
  const asked = {
    ...{ name, request, reply },
    demand({ capabilities }: { readonly capabilities: { readonly embeddings: boolean } }) {
      if (!capabilities.embeddings) throw new CapabilityMissingError('This backend makes no embeddings.');
    },
  };
  return onVariant(context, asked, async (runtime, variant, signal) =>
    texts.length === 0 ? [] : (await runtime.embed(variant, texts, { signal })).vectors,
  );
}
