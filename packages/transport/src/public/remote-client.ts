import { isIP } from 'node:net';
import { BackendFailedError, CancelledError, InvalidInputError, type CallOptions } from '@plimsoll/domain';
import { boundedBody } from '../bounded-body.js';
import { codeOf } from '../connection-reason.js';
import { headerValue, type HttpAnswer, type HttpHeaders, type HttpTransport } from '../http-fetch.js';
import { guardedTransport } from './guarded-connector.js';
import { isPublicAddress } from './public-address.js';
import { allowsPrivate, type RemoteAccess } from './remote-access.js';
import { connectionError, privateAddressError, statusError } from './remote-errors.js';

const RETRIES = 2;
const RETRY_STATUS: ReadonlySet<number> = new Set([500, 502, 504]);

/** One question. */
export interface RemoteRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent to the first origin only, never along a redirect to another. */
  readonly secretHeaders?: Readonly<Record<string, string>>;
  /** The body is given up with an error when it is longer. */
  readonly maxBytes: number;
  /** Answers other than 2xx that are given back instead of thrown. */
  readonly accept?: readonly number[];
}

/** An answer as it begins, after the redirects. */
export interface OpenedAnswer extends HttpAnswer {
  /** Where the redirects ended. */
  readonly url: URL;
}

/** One answer with its whole body. */
export interface RemoteAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Buffer;
  /** Where the redirects ended. */
  readonly url: URL;
}

/**
 * Asks remote servers with every guard on: addresses checked, redirects counted, bodies capped, time limited, a
 * short retry for connections that break. Opened connections are let go after a second of idleness.
 */
export class RemoteClient {
  private readonly access: RemoteAccess;
  private readonly transport: HttpTransport;
  private received = 0;

  constructor(access: RemoteAccess = {}, transport: HttpTransport = guardedTransport(access)) {
    this.access = access;
    this.transport = transport;
  }

  /** Bytes of bodies received so far. */
  get fetchedBytes(): number {
    return this.received;
  }

  /** A client over the same connections that counts its bytes from zero. */
  counting(): RemoteClient {
    return new RemoteClient(this.access, this.transport);
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  /** @throws BackendUnreachableError, TimeoutError, CancelledError, ModelNotFoundError, BusyError, InvalidInputError */
  async get(url: URL, request: RemoteRequest, options: CallOptions = {}): Promise<RemoteAnswer> {
    for (let attempt = 0; ; attempt++) {
      const timeout = AbortSignal.timeout(this.access.requestTimeoutMs ?? 60_000);
      const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
      try {
        const answer = await this.collect(await this.follow(url, request, signal), request);
        if (!RETRY_STATUS.has(answer.status) || attempt >= RETRIES) return this.settle(answer, request);
      } catch (error) {
        const ours = connectionError(timeout.aborted ? timeout.reason : error, url, options.signal?.aborted === true);
        if (attempt >= RETRIES || !('code' in ours) || ours.code !== 'backend-unreachable' || !isBroken(error))
          throw ours;
      }
      await pause(100 * 2 ** attempt);
      if (options.signal?.aborted === true) throw new CancelledError(`The request to ${url.host} was cancelled.`);
    }
  }

  /**
   * The answer as it arrives, whatever its status: for bodies that are too large to hold. Time and size are the
   * caller's to limit; nothing is tried again.
   * @throws BackendUnreachableError, TimeoutError, CancelledError, InvalidInputError
   */
  async open(
    url: URL,
    request: Pick<RemoteRequest, 'headers' | 'secretHeaders'>,
    signal: AbortSignal,
  ): Promise<OpenedAnswer> {
    try {
      return await this.follow(url, request, signal);
    } catch (error) {
      throw connectionError(error, url, signal.aborted);
    }
  }

  private settle(answer: RemoteAnswer, request: RemoteRequest): RemoteAnswer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    if (request.accept?.includes(answer.status) === true) return answer;
    throw statusError(answer.status, answer.url, headerValue(answer.headers, 'retry-after'));
  }

  private async follow(
    start: URL,
    request: Pick<RemoteRequest, 'headers' | 'secretHeaders'>,
    signal: AbortSignal,
  ): Promise<OpenedAnswer> {
    const most = this.access.maxRedirects ?? 5;
    let url = start;
    for (let redirects = 0; ; redirects++) {
      this.check(url);
      const secret = url.origin === start.origin ? request.secretHeaders : {};
      const answer = await this.transport.fetch(url.href, {
        method: 'GET',
        headers: { 'accept-encoding': 'identity', 'user-agent': 'plimsoll', ...request.headers, ...secret },
        signal,
      });
      const location = headerValue(answer.headers, 'location');
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === null) return { ...answer, url };
      answer.discard();
      if (redirects >= most) {
        throw new BackendFailedError(`${start.host} redirects more than ${most} times.`, {
          hint: 'The address leads in a circle: check it.',
        });
      }
      if (!URL.canParse(location, url.href)) throw new BackendFailedError(`${url.host} redirects to no valid address.`);
      url = new URL(location, url.href);
    }
  }

  /** With its body, or nothing of it when the status says that it is of no use: an ignored range sends gigabytes. */
  private async collect(answer: OpenedAnswer, { maxBytes }: RemoteRequest): Promise<RemoteAnswer> {
    const { status, headers, url } = answer;
    if (status >= 300) {
      answer.discard();
      return { status, headers, url, body: Buffer.alloc(0) };
    }
    if (Number(headerValue(headers, 'content-length') ?? 0) > maxBytes) {
      answer.discard();
      throw tooLong(url, maxBytes);
    }
    const { bytes, truncated } = await boundedBody(this.counted(answer.body), maxBytes);
    if (truncated) throw tooLong(url, maxBytes);
    return { status, headers, url, body: bytes };
  }

  private async *counted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    for await (const piece of body) {
      this.received += piece.length;
      yield piece;
    }
  }

  private check(url: URL): void {
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && this.access.allowHttp === true)) {
      throw new InvalidInputError(
        `${url.protocol}//${url.host} is not allowed: remote models are read over https only.`,
        {
          hint: 'Use an https:// address, or allow plain http if you trust the network.',
          remedies: [{ kind: 'use-options', options: { 'allow-http': '' } }],
        },
      );
    }
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    const isPrivate = isIP(literal) !== 0 && !isPublicAddress(literal);
    if (isPrivate && !allowsPrivate(this.access, url.hostname)) throw privateAddressError(url.host);
  }
}

function tooLong(url: URL, maxBytes: number): Error {
  return new BackendFailedError(`${url.host} sends more than the ${maxBytes} bytes that were asked for.`, {
    hint: 'The server ignores ranges, so only a downloaded file can be read: download it first.',
  });
}

/** Whether a connection broke that may well work the next time. A refused one or an unknown name will not. */
function isBroken(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === 'UND_ERR_SOCKET' ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
  );
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
