import { InvalidInputError } from '@plimsoll/domain';
import type { FastifyRequest } from 'fastify';
import type { HttpServer } from './http-server.js';
import { readBody } from './read-body.js';
import { visitOf } from './visit.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The limit of bodies where it may change while the server runs. */
    mostBytes?: () => number;
  }
}

/** The body of a request as it came, before it was parsed; null where there was none. */
export const bodyText = ({ raw }: Pick<FastifyRequest, 'raw'>): string | null => {
  const { bytes } = visitOf(raw);
  return bytes === null ? null : bytes.toString();
};

/** A body as JSON; undefined for an empty one: some clients label a body that they do not send. */
export type ReadJson = (bytes: Buffer) => unknown;

/**
 * Has all bodies read as JSON: `curl -d` labels it as a form, so that the label is not looked at. The bytes are kept for
 * what passes on as it is.
 *
 * @returns what reads them, for requests that are answered before they come to a route; it throws InvalidInputError
 */
export function readBodiesAsJson(server: HttpServer): ReadJson {
  const parse = server.getDefaultJsonParser('error', 'error');
  const readJson: ReadJson = (bytes) => {
    if (bytes.length === 0) return undefined;
    let read: unknown;
    // It calls back at once. Fastify's own words blame a content type that nobody looked at.
    void parse(NO_REQUEST, bytes.toString(), (error, parsed: unknown) => {
      if (error !== null) throw new InvalidInputError('The body is not valid JSON.', { cause: error });
      read = parsed;
    });
    return read;
  };
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', async (request: FastifyRequest) => {
    const visit = visitOf(request.raw);
    const { bodyLimit, config } = request.routeOptions;
    if (visit.bytes === null) {
      visit.bytes = await readBody(request.raw, config.mostBytes?.() ?? bodyLimit);
      visit.body = readJson(visit.bytes);
    }
    return visit.body;
  });
  return readJson;
}

/** Fastify's parser looks at the text alone. */
const NO_REQUEST = undefined as unknown as FastifyRequest;
