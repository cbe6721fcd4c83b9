import { InvalidInputError } from '@plimsoll/domain';

/**
 * The base64 of a `data:` URL. Pictures are never fetched for a client: an address in a request would let it reach
 * whatever this machine reaches.
 * @throws InvalidInputError
 */
export function dataUrlBase64(url: string): string {
  const base64 = /^data:[^;,]*;base64,(.*)$/s.exec(url)?.[1];
  if (base64 !== undefined) return base64;
  throw new InvalidInputError('Images are taken as data: URLs in base64 only.', {
    hint: 'Read the picture and send it as "data:image/jpeg;base64,…".',
  });
}
