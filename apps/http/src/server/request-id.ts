import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Names a request, so that one that went wrong can be spoken of; given back with its answer. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** The id that a client or a proxy gave a request, else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : nextId();
}

/** The last part of a UUID counts the requests of this process: random digits for each take longer. */
const PROCESS = randomUUID().slice(0, 24);
let requests = 0;

function nextId(): string {
  requests += 1;
  return PROCESS + requests.toString(16).padStart(12, '0');
}
