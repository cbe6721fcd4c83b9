import { once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { CancelledError, isPlimsollError, BackendUnreachableError } from '@plimsoll/domain';
import { reasonOf } from './connection-reason.js';
import { forwardedHeaders } from './forwarded-headers.js';
import type { HttpAnswer, HttpTransport } from './http-fetch.js';

/** A client's request as it goes on to another server. */
export interface ForwardedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Null for none. A stream is passed on piece by piece, as fast as the server takes it. */
  readonly body: string | AsyncIterable<Uint8Array> | null;
}

/** What may be changed on the way back. */
export interface ForwardOptions {
  /** Cancels beside the client's own leaving. */
  readonly signal?: AbortSignal | undefined;
  /** Added to the answer, such as `x-plimsoll-variant`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * Passes a request on and the answer back, byte for byte and without waiting for its end. A slow client slows the
 * server down; one that leaves ends the request there, also before the first byte. Nothing is timed: cold models
 * take minutes.
 *
 * @returns The status that was passed back.
 * @throws BackendUnreachableError or CancelledError while nothing has been written, so that the caller can answer.
 * What breaks later breaks the answer off.
 */
export async function forward(
  transport: HttpTransport,
  { url, method, headers, body }: ForwardedRequest,
  response: ServerResponse,
  options: ForwardOptions = {},
): Promise<number> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  response.once('close', abort);
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted === true || response.destroyed) abort();
  try {
    const sent = { method, headers: joined(forwardedHeaders(headers, 'request')), body: body ?? undefined };
    const answer = await begin(transport, url, { ...sent, signal: stop.signal });
    response.writeHead(answer.status, { ...forwardedHeaders(answer.headers, 'answer'), ...options.headers });
    response.flushHeaders();
    await pump(answer.body, response, stop.signal);
    return answer.status;
  } finally {
    response.off('close', abort);
    options.signal?.removeEventListener('abort', abort);
    abort();
  }
}

async function begin(
  transport: HttpTransport,
  url: string,
  request: Parameters<HttpTransport['fetch']>[1],
): Promise<HttpAnswer> {
  try {
    return await transport.fetch(url, request);
  } catch (cause) {
    if (isPlimsollError(cause)) throw cause;
    if (request.signal.aborted) throw new CancelledError('The client left before the answer began.', { cause });
    throw new BackendUnreachableError(`${new URL(url).origin} does not answer: ${reasonOf(cause)}`, { cause });
  }
}

async function pump(body: AsyncIterable<Uint8Array>, response: ServerResponse, signal: AbortSignal): Promise<void> {
  try {
    for await (const piece of body) {
      if (!response.write(piece)) await once(response, 'drain', { signal });
    }
    response.end();
  } catch {
    // The client must not take a part for the whole: the connection is broken off instead of ended.
    response.destroy();
  }
}

function joined(headers: Readonly<Record<string, string | readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : value.join(', ')]),
  );
}
