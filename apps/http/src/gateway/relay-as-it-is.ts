import type { NativeApis } from '@plimsoll/domain';
import { forward } from '@plimsoll/transport';
import { bodyText } from '../server/json-body.js';
import type { GatewayContext, GatewayReply, GatewayRequest } from './gateway-context.js';
import { copied, outward } from './relayed-headers.js';

/** Passes any other request on, byte for byte. False when the backend does not speak the dialect. */
export async function relayAsItIs(
  context: GatewayContext,
  dialect: NativeApis['dialects'][number],
  request: GatewayRequest,
  reply: GatewayReply,
): Promise<boolean> {
  const lease = await context.services.backend();
  try {
    const { apis } = lease.runtime;
    if (apis?.dialects.includes(dialect) !== true) return false;
    const running = context.running.begin(reply);
    try {
      const { method, body } = request;
      const url = `${apis.address}${request.url}`;
      const sent = { url, method, headers: outward(request), body: bodyText(request) ?? streamed(body) };
      await forward(context.transport, sent, reply.raw, { signal: running, headers: copied(reply) });
      return true;
    } finally {
      running.done();
    }
  } finally {
    lease.release();
  }
}

function streamed(body: unknown): AsyncIterable<Uint8Array> | null {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
    ? (body as AsyncIterable<Uint8Array>)
    : null;
}
