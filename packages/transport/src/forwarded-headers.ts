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
  const dropped = namedBy(headers['connection']);
  const anew = SET_ANEW[of];
  const kept: Record<string, string | string[]> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined || HOP_BY_HOP.has(name) || anew.has(name) || dropped.includes(name)) continue;
    kept[name] = typeof value === 'string' ? value : [...value];
  }
  return kept;
}

/** Further headers of this connection alone, by its own word. */
function namedBy(connection: HttpHeaders[string]): readonly string[] {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return [];
  const lists = typeof connection === 'string' ? [connection] : connection;
  return lists.flatMap((list) => list.split(',')).map((name) => name.trim().toLowerCase());
}
