import { CapabilityMissingError } from '@plimsoll/domain';
import type { FastifyReply } from 'fastify';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import { VARIANT_HEADER } from './answer-generation.js';
import { catalogueName } from './catalogue-name.js';
import { withBackend } from './gateway-context.js';
import type { GatewayContext } from './gateway-context.js';

/**
 * Vectors of texts by the variant that answers for a model.
 * @throws CapabilityMissingError
 */
export async function embedTexts(
  context: GatewayContext,
  model: string,
  texts: readonly string[],
  reply: FastifyReply,
): Promise<readonly (readonly number[])[]> {
  catalogueName(model);
  const { signal, done } = context.running.begin(abortOnDisconnect(reply));
  try {
    return await withBackend(context, async ({ runtime, places }) => {
      if (!runtime.capabilities.embeddings) throw new CapabilityMissingError('This backend makes no embeddings.');
      const { chosen, release } = await places.place(model, { make: true, signal });
      try {
        reply.header(VARIANT_HEADER, encodeURI(chosen.variant));
        return texts.length === 0 ? [] : (await runtime.embed(chosen.variant, texts, { signal })).vectors;
      } finally {
        release();
      }
    });
  } finally {
    done();
  }
}
