import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpServer } from './http-server.js';

const HEADER = 'x-request-id';

/** The id that a client or a proxy gave a request, else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[HEADER];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

/** Gives the id back with the answer, so that a client can name a request that went wrong. */
export function answerRequestId(server: HttpServer): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.header(HEADER, request.id);
    done();
  });
}
