import type { HttpHeaders } from './http-fetch.js';

/** Headers that belong to one connection. Source: RFC 9110 section 7.6.1. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The client sets these for the connection that it opens; a body that was rewritten has another length. */
const SET_ANEW: Readonly<Record<'request' | 'answer', ReadonlySet<string>>> = {
  request: new Set(['host', 'content-length', 'expect']),
  answer: new Set(),
};

/** The headers that go on to the next connection: all but those that belong to this one. */
export function forwardedHeaders(headers: HttpHeaders, of: 'request' | 'answer'): Record<string, string | string[]> {
  const named = [headers['connection']].flat().flatMap((value) => value?.split(',') ?? []);
  const dropped = new Set(named.map((name) => name.trim().toLowerCase()));
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || dropped.has(name) || SET_ANEW[of].has(name)) continue;
    kept[name] = typeof value === 'string' ? value : [...value];
  }
  return kept;
}
