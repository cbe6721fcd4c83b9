import type { IncomingHttpHeaders } from 'node:http';
import { refusal } from '../errors/error-body.js';
import type { ErrorAnswer } from '../errors/error-body.js';
import { isLocalPage } from './local-pages.js';
import { hostName, isLoopback } from './loopback.js';

/** Who may use the server. */
export interface GuardOptions {
  /** Whether clients must send a token. */
  readonly asksForToken: boolean;
  /** Host names, beside those of this machine, under which the server may be addressed. */
  readonly allowedHosts: readonly string[];
  /** Whether pages of Ollama's default origins may use the route. */
  readonly allowsLocalPages?: boolean | undefined;
}

/**
 * Looks at a request before anything else does. Null lets it pass.
 * - Where no token is asked for, the Host header must name this machine: a page of another site whose name was rebound to
 *   127.0.0.1 sends its own name.
 * - A browser tells the page's origin; a page of another site is refused even where it could send without asking.
 */
export function guard(headers: IncomingHttpHeaders, options: GuardOptions): ErrorAnswer | null {
  const { asksForToken, allowedHosts, allowsLocalPages = false } = options;
  const host = hostName(headers.host ?? '');
  if (!asksForToken && (host === null || !(isLoopback(host) || allowedHosts.includes(host)))) {
    return refusal(403, 'forbidden', 'The Host header does not name this machine.', 'Use http://127.0.0.1 in the URL.');
  }
  const isAllowedPage = allowsLocalPages && headers.origin !== undefined && isLocalPage(headers.origin);
  if (!isAllowedPage && isForeignPage(headers)) {
    return refusal(403, 'forbidden', 'Web pages of other origins may not use this server.');
  }
  return null;
}

function isForeignPage({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site === 'cross-site') return true;
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}
