import { anthropicError, anthropicErrorType } from '@plimsoll/protocol/anthropic';
import { ollamaError } from '@plimsoll/protocol/ollama';
import { openAiError, openAiErrorType } from '@plimsoll/protocol/openai';
import type { ErrorAnswer } from '../errors/error-body.js';
import type { Api } from '../observability/observation.js';
import type { HttpServer } from '../server/http-server.js';
import { refusalOf } from './failure.js';
import type { Failure } from './failure.js';
import { isGatewayUrl } from './gateway-url.js';
import { retryAfter } from './retry-after.js';

/** Codes of OpenAI's that clients look at. */
const CODES: Readonly<Record<string, string>> = {
  'model-not-found': 'model_not_found',
  'variant-not-found': 'model_not_found',
};

type Words = (failure: Omit<Failure, 'code'> & Partial<Failure>, requestId?: string) => object;

const WORDS: Readonly<Record<Api, Words>> = {
  ollama: ({ message }) => ollamaError(message),
  openai: ({ status, message, code = '' }) => openAiError(message, openAiErrorType(status), CODES[code] ?? null),
  anthropic: ({ status, message }, id) => anthropicError(anthropicErrorType(status), message, id),
};

/**
 * The body of a refusal that no route of a dialect made, in the words of the API that was asked: its clients show what
 * stands where they look for it.
 */
export function inDialect(url: string, { status, body }: ErrorAnswer): object {
  if (!isGatewayUrl(url)) return body;
  const { message, hint } = body.error;
  const api = url.startsWith('/api/') ? 'ollama' : url.startsWith('/v1/messages') ? 'anthropic' : 'openai';
  return WORDS[api]({ status, message: hint === null ? message : `${message} ${hint}` });
}

/** How a failed request is answered in a dialect. */
export interface DialectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** The answer to a request that failed with `error`; `body` is what was asked, as far as it was read. */
export function failedInDialect(api: Api, error: unknown, body: unknown, requestId: string): DialectAnswer {
  const failure = refusalOf(error, body);
  return {
    // Anthropic's own status of a server that has too much to do.
    status: api === 'anthropic' && failure.status === 503 ? 529 : failure.status,
    headers: failure.status === 503 ? { 'retry-after': retryAfter(error) } : {},
    body: WORDS[api](failure, requestId),
  };
}

/** Has the failures of the routes here told in a dialect. */
export function answerErrors(server: HttpServer, api: Api): void {
  server.setErrorHandler(async (error, request, reply) => {
    const { status, headers, body } = failedInDialect(api, error, request.body, request.id);
    return reply.code(status).headers(headers).send(body);
  });
}
