import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ManageSettings } from '@plimsoll/application';
import type { ServiceLimits } from '@plimsoll/domain';
import type { FastifyRequest } from 'fastify';
import { refusal } from '../errors/error-body.js';
import type { ErrorAnswer } from '../errors/error-body.js';
import { isGatewayUrl } from '../gateway/gateway-url.js';
import { POINT_HEADER, VARIANT_HEADER } from '../gateway/variant-headers.js';
import { observationOn } from '../observability/observe-requests.js';
import type { LiveLimits } from '../server/live-limits.js';
import { REQUEST_ID_HEADER } from '../server/request-id.js';
import type { Visit } from '../server/visit.js';
import { visitOf } from '../server/visit.js';
import { guard } from './guard.js';
import { isLocalPage } from './local-pages.js';
import { ANYBODY } from './principal.js';
import type { Principal, Principals } from './principal.js';
import { RateLimits } from './rate-limits.js';
import type { Account } from './rate-limits.js';
import { scopeOf } from './route-scope.js';

/** Who sent a request. */
export const senderOf = ({ raw }: Pick<FastifyRequest, 'raw'>): Principal => visitOf(raw).sender;

/** A refusal, and the headers that go with it. */
export interface Refused extends ErrorAnswer {
  readonly headers: Readonly<Record<string, string>>;
}

/** What requests are judged by. */
export interface EntranceOptions {
  readonly settings: Pick<ManageSettings, 'load'>;
  readonly principals: Principals;
  readonly limits: LiveLimits;
  /** Names, beside those of this machine, under which the server may be addressed. */
  readonly allowedHosts: readonly string[];
  /** Whether a route needs no token. */
  readonly isPublic: (route: string | undefined) => boolean;
}

/**
 * Where every request comes in, before anything of its body is read: finds out who sends it, and refuses what they may
 * not do, or not so often, and what comes by another site's page or name.
 */
export class Entrance {
  readonly #options: EntranceOptions;
  readonly #limited = new RateLimits(() => performance.now());
  /** Counted apart, so that many addresses keep no token out. */
  readonly #strangers = new RateLimits(() => performance.now());

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  /** Null lets a request pass, to the route of that pattern; what is known of it then is on its visit. */
  async enter(raw: IncomingMessage, route: string | undefined): Promise<Refused | null> {
    const { settings: loaded, principals, limits, allowedHosts, isPublic } = this.#options;
    const { settings } = await loaded.load();
    principals.update(settings.accessTokens);
    limits.update(settings.limits);
    const { headers, url = '' } = raw;
    const isGateway = isGatewayUrl(url);
    const refused = guard(headers, { asksForToken: principals.asks, allowedHosts, allowsLocalPages: isGateway });
    if (refused !== null) return { ...refused, headers: {} };
    const visit = visitOf(raw);
    const unwelcome = isPublic(route) ? null : this.#authorize(raw, visit, route);
    if (unwelcome !== null) return unwelcome;
    visit.observation = observationOn(route, visit.id, headers);
    const id = { [REQUEST_ID_HEADER]: visit.id };
    visit.headers = isGateway && headers.origin !== undefined ? { ...id, ...corsHeaders(headers.origin) } : id;
    return null;
  }

  #authorize(raw: IncomingMessage, visit: Visit, route: string | undefined): Refused | null {
    const { principals, limits } = this.#options;
    const sender = principals.find(raw.headers);
    if (sender === null) {
      const hint = 'Send it as "Authorization: Bearer …".';
      const refused = refusal(401, 'unauthorized', 'The token is missing or wrong.', hint);
      return { ...refused, headers: { 'www-authenticate': 'Bearer' } };
    }
    visit.sender = sender;
    const scope = scopeOf(raw.method ?? '', route ?? '');
    if (!sender.scopes.includes(scope)) {
      const needed = scope === 'change' ? 'admin' : scope;
      return { ...refusal(403, 'forbidden', `This token lacks the scope "${needed}".`), headers: {} };
    }
    const begun =
      sender === ANYBODY
        ? this.#strangers.begin(strangerAt(raw.socket.remoteAddress ?? '', limits.now))
        : this.#limited.begin(sender);
    if (typeof begun !== 'function') {
      return {
        ...refusal(429, 'rate-limited', begun.message),
        headers: { 'retry-after': `${begun.retryAfterSeconds}` },
      };
    }
    visit.endCount = begun;
    return null;
  }
}

/** Whoever sends no token is counted by address. */
const strangerAt = (address: string, { requestsPerMinute, concurrentPerClient }: ServiceLimits): Account => ({
  name: address,
  requestsPerMinute,
  concurrent: concurrentPerClient,
});

/** Tells browsers that pages which the guard lets through may read the answers. */
function corsHeaders(origin: NonNullable<IncomingHttpHeaders['origin']>): Record<string, string> {
  if (!isLocalPage(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': `${VARIANT_HEADER}, ${POINT_HEADER}`,
    vary: 'Origin',
  };
}
