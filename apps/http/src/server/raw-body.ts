import { InvalidInputError } from '@plimsoll/domain';
import type { FastifyRequest } from 'fastify';
import type { HttpServer } from './http-server.js';

declare module 'fastify' {
  interface FastifyRequest {
    bodyText: string | null;
  }
}

/** The body of a request as it came, before it was parsed; null where there was none. */
export const rawBody = (request: FastifyRequest): string | null => request.bodyText;

/** `curl -d` labels JSON as a form; the label is not looked at. The text is kept for what passes on as it is. */
export function readBodiesAsJson(server: HttpServer): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.decorateRequest('bodyText', null);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<string>('*', { parseAs: 'string' }, (request, body, done) => {
    request.bodyText = body;
    // Some clients label a body that they do not send.
    if (body === '') done(null, undefined);
    else {
      void parse(request, body, (error, parsed) => {
        // Fastify's own words blame a content type that nobody looked at.
        if (error === null) done(null, parsed);
        else done(new InvalidInputError('The body is not valid JSON.', { cause: error }));
      });
    }
  });
}
