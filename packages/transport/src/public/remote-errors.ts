import {
  BackendFailedError,
  BackendUnreachableError,
  BusyError,
  CancelledError,
  InvalidInputError,
  ModelNotFoundError,
  TimeoutError,
  isPlimsollError,
} from '@plimsoll/domain';
import { codeOf } from '../connection-reason.js';

/** The error for a host that leads into a private network. */
export function privateAddressError(host: string): InvalidInputError {
  return new InvalidInputError(`${host} is an address of this machine or a private network, which is not allowed.`, {
    hint: 'If you trust this host, allow its private address, with the host as the URL writes it.',
    remedies: [{ kind: 'use-options', options: { 'allow-private': 'HOST' } }],
  });
}

/** Ours for what a connection can fail with. Errors that are ours already pass through. */
export function connectionError(cause: unknown, url: URL, aborted: boolean): Error {
  if (isPlimsollError(cause)) return cause;
  const inner = findOurs(cause);
  if (inner !== null) return inner;
  if (aborted) return new CancelledError(`The request to ${url.host} was cancelled.`, { cause });
  const code = codeOf(cause);
  if (/TIMEOUT|TIMEDOUT/.test(code) || (cause instanceof Error && cause.name === 'TimeoutError')) {
    return new TimeoutError(`${url.host} did not answer in time.`, { hint: 'Try again, or check the network.', cause });
  }
  if (/^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/.test(code)) {
    return new BackendUnreachableError(`${url.host} broke the connection before its answer was complete.`, {
      hint: 'Try again; if it happens every time, download the file first.',
      cause,
    });
  }
  return new BackendUnreachableError(`${url.host} cannot be reached${code === '' ? '' : ` (${code})`}.`, {
    hint: 'Check the network and the address.',
    cause,
  });
}

/** Ours for an answer that is no success. */
export function statusError(status: number, url: URL, retryAfter: string | null): Error {
  const where = `${url.host}${url.pathname}`;
  switch (true) {
    case status === 404 || status === 410:
      return new ModelNotFoundError(`${where} does not exist.`, { hint: 'Check the name and its spelling.' });
    case status === 401 || status === 403:
      return new ModelNotFoundError(`${where} is private, gated or does not exist (HTTP ${status}).`, {
        hint: 'Check the name; for a gated model accept its terms on its page and set HF_TOKEN.',
      });
    case status === 429 || status === 503: {
      const wait = retryAfter === null ? 'later' : `after ${retryAfter} s`;
      return new BusyError(`${url.host} asks to slow down (HTTP ${status}).`, { hint: `Try again ${wait}.` });
    }
    default:
      return new BackendFailedError(`${where} answered HTTP ${status}.`, { hint: 'Try again later.' });
  }
}

function findOurs(error: unknown): Error | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (isPlimsollError(cause)) return cause;
  }
  return null;
}
