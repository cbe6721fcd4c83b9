import {
  BackendFailedError,
  BackendUnreachableError,
  CancelledError,
  TimeoutError,
  isPlimsollError,
} from '@plimsoll/domain';
import type { PlimsollError } from '@plimsoll/domain';

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'EPROTO',
]);
const TIMED_OUT: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/**
 * Turns what the network did into one of our errors; an error of ours passes as it is.
 * @param url Address without secrets.
 * @param cancelled Whether the caller had aborted.
 */
export function transportError(error: unknown, url: string, cancelled: boolean): PlimsollError {
  if (cancelled) return new CancelledError('The request was cancelled.', { cause: error });
  if (isPlimsollError(error)) return error;
  const code = errorCode(error);
  if (UNREACHABLE.has(code)) {
    return new BackendUnreachableError(`No OpenAI-compatible server answers at ${new URL(url).origin} (${code}).`, {
      cause: error,
      hint: 'Start it (for example `llama-server -m model.gguf`), or set its address with PLIMSOLL_OPENAI_BASE_URL.',
    });
  }
  if (TIMED_OUT.has(code)) {
    return new TimeoutError(`The server at ${url} stayed silent for too long.`, { cause: error });
  }
  return new BackendFailedError(`The connection to ${url} broke before the answer was complete.`, {
    cause: error,
    hint: 'The server may have crashed or been stopped; its log tells more.',
  });
}

function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Node reports a name with several addresses as one error that holds one error per address.
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return 'cause' in error ? errorCode(error.cause) : '';
}
