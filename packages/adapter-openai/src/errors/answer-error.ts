import {
  BackendFailedError,
  BusyError,
  CapabilityMissingError,
  InvalidConfigError,
  InvalidInputError,
  ModelNotFoundError,
  OutOfMemoryError,
  TimeoutError,
} from '@plimsoll/domain';
import type { PlimsollError } from '@plimsoll/domain';
import type { ErrorFacts } from '@plimsoll/protocol/openai';

/** A failure as a server told it, with the secrets already taken out of its words. */
export interface FailedAnswer {
  /** HTTP status, or the code inside an event of a stream that had begun with 200. */
  readonly status: number;
  readonly facts: ErrorFacts | null;
  /** Address without secrets. */
  readonly url: string;
  /** Model of the request, or null when it was about none. */
  readonly model: string | null;
  /** Value of Retry-After, or null. */
  readonly retryAfter: string | null;
}

/** Routes that only some servers have, and what the others cannot do. */
const OPTIONAL_ROUTES: Readonly<Record<string, string>> = { '/rerank': 'rank documents' };

/** llama-server's status for a text that does not fit is 500. */
const TOO_LONG = /too large to process|exceeds the (?:available )?context size/i;

const OUT_OF_MEMORY =
  /out of memory|out-of-memory|cudaMalloc|failed to allocate|unable to allocate|insufficient memory/i;

/** Turns a server's refusal into one of our errors. */
export function answerError(answer: FailedAnswer): PlimsollError {
  const { status, facts, url, model } = answer;
  const said = facts === null ? `status ${status}` : `${facts.message.trim()} (status ${status})`;
  if (facts !== null && OUT_OF_MEMORY.test(facts.message)) {
    return new OutOfMemoryError(`The server ran out of memory: ${said}`, {
      hint: 'Serve a lower quantization level or a shorter context.',
      remedies: [{ kind: 'plan-model', model: null }],
    });
  }
  if (facts !== null && TOO_LONG.test(facts.message)) return badRequest(said, true);
  switch (status) {
    case 400:
    case 413:
    case 422:
      return isAboutModel(facts) && model !== null ? notFound(model, said) : badRequest(said, isTooLong(facts));
    case 401:
    case 403:
      return new InvalidConfigError(`The server at ${url} refused the API key: ${said}`, {
        hint: 'Set the right key in PLIMSOLL_OPENAI_API_KEY or the configuration (openai_api_key).',
      });
    case 404:
    case 405:
      return model !== null && (isAboutModel(facts) || facts?.type === 'not_found_error')
        ? notFound(model, said)
        : noRoute(url, said);
    case 408:
    case 504:
      return new TimeoutError(`The server gave up waiting: ${said}`);
    case 429:
    case 503:
      return busy(said, facts, answer.retryAfter);
    case 501:
      return new CapabilityMissingError(`The server does not offer this: ${said}`);
    default:
      return new BackendFailedError(`The server failed: ${said}`, { hint: 'The log of the server tells more.' });
  }
}

function isTooLong(facts: ErrorFacts | null): boolean {
  return facts?.type === 'exceed_context_size_error' || facts?.code === 'context_length_exceeded';
}

function noRoute(url: string, said: string): PlimsollError {
  const optional = Object.entries(OPTIONAL_ROUTES).find(([route]) => url.endsWith(route));
  if (optional !== undefined) return new CapabilityMissingError(`The server cannot ${optional[1]}: ${said}`);
  return new BackendFailedError(`The server has no ${url}: ${said}`, {
    hint: 'Check the base URL; it usually ends in /v1, as in http://127.0.0.1:8080/v1',
  });
}

function badRequest(said: string, tooLong: boolean): PlimsollError {
  return new InvalidInputError(`The server refused the request: ${said}`, {
    hint: tooLong ? 'Shorten the prompt, or start the server with a longer context.' : undefined,
  });
}

function notFound(model: string, said: string): PlimsollError {
  return new ModelNotFoundError(`The server does not serve a model named ${model}: ${said}`, {
    remedies: [{ kind: 'list-models', backend: 'openai' }],
  });
}

function busy(said: string, facts: ErrorFacts | null, retryAfter: string | null): PlimsollError {
  const loading = /loading model/i.test(facts?.message ?? '');
  const when = retryAfter !== null && /^\d+$/.test(retryAfter) ? `in ${retryAfter} s` : 'in a moment';
  return new BusyError(loading ? `The server is still loading its model: ${said}` : `The server is busy: ${said}`, {
    hint: `Try again ${when}.`,
  });
}

function isAboutModel(facts: ErrorFacts | null): boolean {
  if (facts === null) return false;
  if (facts.code === 'model_not_found') return true;
  return /\bmodel\b.*\b(not found|not exist|does not exist|not loaded|unknown)|\b(unknown|no such|invalid) model\b/i.test(
    facts.message,
  );
}
