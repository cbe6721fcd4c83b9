import type { IncomingMessage } from 'node:http';

/**
 * Reads a body to its end. One beyond the limit is refused with status 413: by the length that its client tells, else as
 * soon as it is too long.
 */
export function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > mostBytes) {
      reject(tooLarge());
      return;
    }
    const pieces: Buffer[] = [];
    let bytes = 0;
    const over = (): void => {
      request.off('data', take).off('end', end).off('error', fail);
    };
    const take = (piece: Buffer): void => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > mostBytes) fail(tooLarge());
    };
    const end = (): void => {
      over();
      const [first] = pieces;
      resolve(pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces, bytes));
    };
    const fail = (error: Error): void => {
      over();
      reject(error);
    };
    request.on('data', take).on('end', end).on('error', fail);
  });
}

const tooLarge = (): Error => Object.assign(new Error('The body is too large.'), { statusCode: 413 });
