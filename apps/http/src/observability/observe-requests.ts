import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { visitOf } from '../server/visit.js';
import { Observation } from './observation.js';
import type { Api, Operation } from './observation.js';

const RERANK = ['openai', 'rerank'] as const;

/** The routes that ask something of a model: whose API each is of, and what it asks. */
export const MODEL_ROUTES: ReadonlyMap<string, readonly [Api, Operation]> = new Map<string, readonly [Api, Operation]>([
  ['/api/chat', ['ollama', 'chat']],
  ['/api/generate', ['ollama', 'text_completion']],
  ['/api/embed', ['ollama', 'embeddings']],
  ['/api/embeddings', ['ollama', 'embeddings']],
  ['/v1/chat/completions', ['openai', 'chat']],
  ['/v1/responses', ['openai', 'chat']],
  ['/v1/completions', ['openai', 'text_completion']],
  ['/v1/embeddings', ['openai', 'embeddings']],
  ['/v1/rerank', RERANK],
  ['/v1/reranking', RERANK],
  ['/rerank', RERANK],
  ['/reranking', RERANK],
  ['/v1/messages', ['anthropic', 'chat']],
]);

/** What is seen of a request; null for one that asks nothing of a model. */
export const observationOf = ({ raw }: Pick<FastifyRequest, 'raw'>): Observation | null => visitOf(raw).observation;

/** Begins to observe a request to a route that asks something of a model; null for any other. */
export function observationOn(route: string | undefined, id: string, headers: IncomingHttpHeaders): Observation | null {
  const kind = MODEL_ROUTES.get(route ?? '');
  if (kind === undefined) return null;
  const [api, operation] = kind;
  const { traceparent: parent = null } = headers;
  const traceParent = typeof parent === 'string' ? parent : (parent?.[0] ?? null);
  return new Observation({ id, api, operation, traceParent });
}
