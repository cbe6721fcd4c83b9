import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request carries the token, compared in a time that does not depend on where the texts differ. */
export function carriesToken({ authorization = '' }: IncomingHttpHeaders, token: string | null): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return token !== null && timingSafeEqual(digest(authorization), digest(`Bearer ${token}`));
}
