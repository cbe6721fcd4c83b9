import type { IncomingHttpHeaders } from 'node:http';
import { LEVEL_HEADER } from './asked-model.js';
import type { GatewayReply, GatewayRequest } from './gateway-context.js';

/** Our own token and headers, and where the page came from, are nobody else's business. */
const UNSAID: ReadonlySet<string> = new Set(['authorization', 'origin', 'referer', 'cookie', LEVEL_HEADER]);

/** The headers that go on with a request. */
export function outward({ headers }: Pick<GatewayRequest, 'headers'>): IncomingHttpHeaders {
  const said: IncomingHttpHeaders = {};
  for (const name of Object.keys(headers)) if (!UNSAID.has(name)) said[name] = headers[name];
  said['accept-encoding'] = 'identity';
  return said;
}

/** Headers that hooks have set so far, which an answer past Fastify would lose. */
export function copied(reply: GatewayReply): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    headers[name] = Array.isArray(value) ? value.join(', ') : String(value ?? '');
  }
  return headers;
}
