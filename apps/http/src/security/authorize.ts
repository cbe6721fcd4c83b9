import type { ServiceLimits } from '@plimsoll/domain';
import type { FastifyRequest } from 'fastify';
import { refusal } from '../errors/error-body.js';
import type { HttpServer } from '../server/http-server.js';
import { ANYBODY } from './principal.js';
import type { Principal, Principals } from './principal.js';
import { RateLimits } from './rate-limits.js';
import type { Account } from './rate-limits.js';
import { scopeOf } from './route-scope.js';

const senders = new WeakMap<FastifyRequest, Principal>();

/** Who sent a request. */
export const senderOf = (request: FastifyRequest): Principal => senders.get(request) ?? ANYBODY;

/** Finds out who sends each request, and refuses what they may not do, or not so often. */
export function authorize(
  server: HttpServer,
  principals: Principals,
  limitsNow: () => ServiceLimits,
  isPublic: (route: string | undefined) => boolean,
): void {
  const limits = new RateLimits(() => performance.now());
  // Counted apart, so that many addresses keep no token out.
  const strangers = new RateLimits(() => performance.now());
  const ends = new WeakMap<FastifyRequest, () => void>();
  server.addHook('onRequest', async (request, reply) => {
    const { url } = request.routeOptions;
    if (isPublic(url) || reply.sent) return;
    const sender = principals.find(request.headers);
    if (sender === null) {
      const hint = 'Send it as "Authorization: Bearer …".';
      const { status, body } = refusal(401, 'unauthorized', 'The token is missing or wrong.', hint);
      return reply.code(status).header('www-authenticate', 'Bearer').send(body);
    }
    senders.set(request, sender);
    const scope = scopeOf(request.method, url ?? '');
    if (!sender.scopes.includes(scope)) {
      const needed = scope === 'change' ? 'admin' : scope;
      const { status, body } = refusal(403, 'forbidden', `This token lacks the scope "${needed}".`);
      return reply.code(status).send(body);
    }
    const begun = sender === ANYBODY ? strangers.begin(strangerAt(request.ip, limitsNow())) : limits.begin(sender);
    if (typeof begun === 'function') ends.set(request, begun);
    else {
      const { status, body } = refusal(429, 'rate-limited', begun.message);
      return reply.code(status).header('retry-after', `${begun.retryAfterSeconds}`).send(body);
    }
  });
  server.addHook('onResponse', (request, _reply, done) => {
    ends.get(request)?.();
    ends.delete(request);
    done();
  });
}

/** Whoever sends no token is counted by address. */
const strangerAt = (address: string, { requestsPerMinute, concurrentPerClient }: ServiceLimits): Account => ({
  name: address,
  requestsPerMinute,
  concurrent: concurrentPerClient,
});
