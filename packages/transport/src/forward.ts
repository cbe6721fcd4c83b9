import type { ServerResponse } from 'node:http';
import type { ForwardOptions, ForwardedRequest } from './forward-options.js';
import { forwardedHeaders } from './forwarded-headers.js';
import type { RelayTransport } from './http-fetch.js';
import { WayBack } from './way-back.js';

/**
 * Passes a request on and the answer back, byte for byte and without waiting for its end. A slow client slows the
 * server down; one that leaves ends the request there, also before the first byte. Nothing is timed: cold models
 * take minutes.
 *
 * Where the caller has sent a head already, the server's own is left out.
 *
 * @returns The status that was passed back.
 * @throws BackendUnreachableError or CancelledError while nothing has been written, so that the caller can answer, and
 * BackendFailedError for a refusal after the caller's own head, or when an answer broke and was ended with its last words,
 * or what `refused` makes of a refusal. What breaks later otherwise breaks the answer off.
 */
export function forward(
  transport: RelayTransport,
  { url, method, headers, body }: ForwardedRequest,
  response: ServerResponse,
  options: ForwardOptions = {},
): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const way = new WayBack(url, response, options, resolve, reject);
    if (way.isOver) return;
    const failed = (error: unknown): void => way.failed(error instanceof Error ? error : new Error(String(error)));
    try {
      const exchange = transport.relay(url, { method, headers: forwardedHeaders(headers, 'request'), body }, way);
      if (exchange instanceof Promise) exchange.then((begun) => way.begun(begun), failed);
      else way.begun(exchange);
    } catch (error) {
      failed(error);
    }
  });
}
