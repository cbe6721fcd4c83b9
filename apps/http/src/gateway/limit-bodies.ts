import { Transform } from 'node:stream';
import type { preParsingHookHandler } from 'fastify';
import type { HttpServer } from '../server/http-server.js';

/** The most that `http.limits` may allow. */
const MOST_BODY_BYTES: number = 1024 ** 3;

/**
 * Refuses bodies beyond a limit that may change; one that does not say how long it is, as soon as it is too long. Routes
 * with a limit of their own keep to that: files have one.
 */
export function limitBodies(server: HttpServer, mostBytes: () => number): void {
  const limit: preParsingHookHandler = (request, _reply, payload, done) => {
    const most = mostBytes();
    const told = request.headers['content-length'];
    if (told === undefined) done(null, payload.pipe(counting(most)));
    else done(Number(told) > most ? tooLarge() : null, payload);
  };
  server.addHook('onRoute', (route) => {
    if (route.bodyLimit !== undefined) return;
    route.bodyLimit = MOST_BODY_BYTES;
    route.preParsing = limit;
  });
}

const tooLarge = (): Error => Object.assign(new Error('The body is too large.'), { statusCode: 413 });

function counting(most: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes > most) done(tooLarge());
      else done(null, piece);
    },
  });
}
