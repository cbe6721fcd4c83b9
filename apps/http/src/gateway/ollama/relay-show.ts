import type { VariantLevel } from '@plimsoll/domain';
import { showRequest } from '@plimsoll/protocol/ollama';
import { forward } from '@plimsoll/transport';
import type { BodyRewriter } from '@plimsoll/transport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { askedModel } from '../asked-model.js';
import { withBackend } from '../gateway-context.js';
import type { GatewayContext } from '../gateway-context.js';
import { parseBody } from '../parse-body.js';
import { atFirst, hostsOf } from '../native-hosts.js';
import { copied, outward } from '../relayed-headers.js';
import { worthAnotherTry } from '../worth-another-try.js';
import { variantHeaders } from '../variant-headers.js';
import { basenameAt } from './describe.js';

/** Answers that are larger, such as those with all tokens of a vocabulary, go through as they are. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Has a real Ollama show the variant that would answer now, with its level in `general.basename`. False when the
 * backend is none; nothing was done then.
 */
export async function relayShow(
  context: GatewayContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  return withBackend(context, async ({ runtime, choose }) => {
    const { apis } = runtime;
    if (apis?.dialects.includes('ollama') !== true) return false;
    const { name, ...shown } = parseBody(showRequest, request.body);
    const { signal, done } = context.running.begin(reply);
    try {
      const asked = await askedModel(context, shown.model ?? name ?? '', request.headers, runtime);
      const chosen = await choose.choose(asked.model, { make: false, standIn: true, level: asked.level, signal });
      const body = JSON.stringify({ ...shown, model: chosen.variant });
      await atFirst(await hostsOf(apis, chosen.variant, { signal }), ({ address }, isLast) =>
        forward(
          context.transport,
          { url: `${address}/api/show`, method: 'POST', headers: outward(request), body },
          reply.raw,
          {
            signal,
            headers: { ...copied(reply), ...variantHeaders(chosen) },
            rewrite: wholeText((text) => withLevel(text, chosen.level)),
            refused: worthAnotherTry(apis, chosen.variant, { smaller: false, elsewhere: !isLast }),
          },
        ),
      );
      return true;
    } finally {
      done();
    }
  });
}

function withLevel(text: string, level: VariantLevel | null): string {
  try {
    const shown = JSON.parse(text) as { readonly model_info?: Readonly<Record<string, unknown>> | null };
    if (shown.model_info == null) return text;
    return JSON.stringify({ ...shown, model_info: { ...shown.model_info, ...basenameAt(shown.model_info, level) } });
  } catch {
    return text;
  }
}

/** Changes a body when all of it is there; one that is too large is left as it is. */
function wholeText(change: (text: string) => string): BodyRewriter {
  let kept: Buffer[] | null = [];
  let bytes = 0;
  return {
    piece(piece) {
      if (kept === null) return piece;
      kept.push(piece);
      bytes += piece.length;
      if (bytes <= MOST_BYTES) return null;
      const all = Buffer.concat(kept);
      kept = null;
      return all;
    },
    end: () => (kept === null ? null : Buffer.from(change(Buffer.concat(kept).toString()))),
  };
}
