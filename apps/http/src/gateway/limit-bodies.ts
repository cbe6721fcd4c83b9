import { Transform } from 'node:stream';
import type { HttpServer } from '../server/http-server.js';

/** The most that `http.limits` may allow. */
export const MOST_BODY_BYTES: number = 1024 ** 3;

/** Refuses bodies beyond a limit that may change; one that does not say how long it is, as soon as it is too long. */
export function limitBodies(server: HttpServer, mostBytes: () => number): void {
  server.addHook('preParsing', async (request, _reply, payload) => {
    // Files have a limit of their own.
    if (request.routeOptions.bodyLimit !== MOST_BODY_BYTES) return payload;
    const most = mostBytes();
    const told = request.headers['content-length'];
    if (told === undefined) return payload.pipe(counting(most));
    if (Number(told) > most) throw tooLarge();
    return payload;
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
