import type { ServiceLimits } from '@plimsoll/domain';
import type { FastifyRequest } from 'fastify';
import { refusal } from '../errors/error-body.js';
import { inDialect } from '../gateway/in-dialect.js';
import type { HttpServer } from '../server/http-server.js';
import { ANYBODY } from './principal.js';
import type { Principal, Principals } from './principal.js';
import { RateLimits } from './rate-limits.js';
import type { Account } from './rate-limits.js';
import { scopeOf } from './route-scope.js';

declare module 'fastify' {
  interface FastifyRequest {
    sender: Principal | null;
    /** Ends what is counted of the request; null where nothing is. */
    endCount: (() => void) | null;
  }
}

/** Who sent a request. */
export const senderOf = (request: FastifyRequest): Principal => request.sender ?? ANYBODY;

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
  server.decorateRequest('sender', null);
  server.decorateRequest('endCount', null);
  server.addHook('onRequest', (request, reply, done) => {
    const { url } = request.routeOptions;
    if (isPublic(url)) {
      done();
      return;
    }
    const sender = principals.find(request.headers);
    if (sender === null) {
      const hint = 'Send it as "Authorization: Bearer …".';
      const refused = refusal(401, 'unauthorized', 'The token is missing or wrong.', hint);
      void reply.code(401).header('www-authenticate', 'Bearer').send(inDialect(request.url, refused));
      return;
    }
    request.sender = sender;
    const scope = scopeOf(request.method, url ?? '');
    if (!sender.scopes.includes(scope)) {
      const needed = scope === 'change' ? 'admin' : scope;
      const refused = refusal(403, 'forbidden', `This token lacks the scope "${needed}".`);
      void reply.code(403).send(inDialect(request.url, refused));
      return;
    }
    const begun = sender === ANYBODY ? strangers.begin(strangerAt(request.ip, limitsNow())) : limits.begin(sender);
    if (typeof begun === 'function') {
      request.endCount = begun;
      done();
      return;
    }
    const refused = refusal(429, 'rate-limited', begun.message);
    void reply.code(429).header('retry-after', `${begun.retryAfterSeconds}`).send(inDialect(request.url, refused));
  });
  server.addHook('onResponse', (request, _reply, done) => {
    request.endCount?.();
    done();
  });
}

/** Whoever sends no token is counted by address. */
const strangerAt = (address: string, { requestsPerMinute, concurrentPerClient }: ServiceLimits): Account => ({
  name: address,
  requestsPerMinute,
  concurrent: concurrentPerClient,
});
