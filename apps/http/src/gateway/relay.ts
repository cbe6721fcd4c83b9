import type { NativeApis } from '@plimsoll/domain';
import { askedModel } from './asked-model.js';
import type { GatewayContext, GatewayReply, GatewayRequest } from './gateway-context.js';
import { namedBody } from './relayed-body.js';
import { RelayedRequest } from './relayed-request.js';

/**
 * Passes a request about a model on to a backend that speaks the dialect itself, so that nothing of it is lost in a
 * translation: only the model's name is changed to that of the variant, and back. The body is not looked at beyond
 * that; what is wrong with it, the backend says. False when the backend does not speak the dialect, or no model is
 * named; nothing was done then.
 */
export async function relay(
  context: GatewayContext,
  dialect: NativeApis['dialects'][number],
  request: GatewayRequest,
  reply: GatewayReply,
): Promise<boolean> {
  const body = namedBody(request.body);
  if (body === null) return false;
  const lease = await context.services.backend();
  try {
    const { runtime } = lease;
    const { apis } = runtime;
    if (apis?.dialects.includes(dialect) !== true) return false;
    const asked = await askedModel(context, body.model ?? body.name ?? '', request.headers, runtime);
    await new RelayedRequest({ context, dialect, request, reply, lease, apis, body, asked }).answer();
    return true;
  } finally {
    lease.release();
  }
}
