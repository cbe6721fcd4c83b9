import type { Scope } from './principal.js';

/** Routes that only read although they are not `GET`. */
const READS: ReadonlySet<string> = new Set(['/api/show', '/api/me', '/api/plimsoll/v1/plan']);
/** Routes that ask something of a model. */
const ASKS =
  /^\/(?:api\/(?:chat|generate|embed|embeddings|plimsoll\/v1\/generate)|(?:v1\/)?rerank(?:ing)?|v1\/(?:chat\/completions|completions|embeddings|responses|messages|messages\/count_tokens))$/;

/** What a route asks its callers to be allowed; whatever is not known changes something. */
export function scopeOf(method: string, route: string): Scope {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || READS.has(route)) return 'read';
  return ASKS.test(route) ? 'infer' : 'change';
}
