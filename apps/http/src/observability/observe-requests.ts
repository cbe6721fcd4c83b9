import type { FastifyRequest } from 'fastify';
import type { HttpServer } from '../server/http-server.js';
import { Observation } from './observation.js';
import type { Api, Operation, RequestObserver } from './observation.js';

const RERANK = ['openai', 'rerank'] as const;

/** The routes that ask something of a model. */
const MODEL_ROUTES: Readonly<Record<string, readonly [Api, Operation]>> = {
  '/api/chat': ['ollama', 'chat'],
  '/api/generate': ['ollama', 'text_completion'],
  '/api/embed': ['ollama', 'embeddings'],
  '/api/embeddings': ['ollama', 'embeddings'],
  '/v1/chat/completions': ['openai', 'chat'],
  '/v1/responses': ['openai', 'chat'],
  '/v1/completions': ['openai', 'text_completion'],
  '/v1/embeddings': ['openai', 'embeddings'],
  '/v1/rerank': RERANK,
  '/v1/reranking': RERANK,
  '/rerank': RERANK,
  '/reranking': RERANK,
  '/v1/messages': ['anthropic', 'chat'],
};

/** Nginx's status of a request whose client left. */
const CLIENT_LEFT = 499;

declare module 'fastify' {
  interface FastifyRequest {
    observation: Observation | null;
  }
}

/** What is seen of a request; null for one that asks nothing of a model. */
export const observationOf = (request: FastifyRequest): Observation | null => request.observation;

/** Observes the requests that ask something of a model. */
export function observeRequests(server: HttpServer, observers: readonly RequestObserver[]): void {
  server.decorateRequest('observation', null);
  server.addHook('onRequest', (request, _reply, done) => {
    const kind = MODEL_ROUTES[request.routeOptions.url ?? ''];
    if (kind !== undefined) {
      const [api, operation] = kind;
      const { traceparent: parent = null } = request.headers;
      const traceParent = typeof parent === 'string' ? parent : (parent?.[0] ?? null);
      request.observation = new Observation({ id: request.id, api, operation, traceParent });
    }
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const { observation } = request;
    if (observation !== null) {
      const finished = observation.finished(reply.raw.writableEnded ? reply.statusCode : CLIENT_LEFT);
      for (const observer of observers) observer(finished);
    }
    done();
  });
}
