import { anthropicError, anthropicErrorType } from '@plimsoll/protocol/anthropic';
import { ollamaError } from '@plimsoll/protocol/ollama';
import { openAiError, openAiErrorType } from '@plimsoll/protocol/openai';
import type { ErrorAnswer } from '../errors/error-body.js';
import { isGatewayUrl } from './gateway-url.js';

/**
 * The body of a refusal that no route of a dialect made, in the words of the API that was asked: its clients show what
 * stands where they look for it.
 */
export function inDialect(url: string, { status, body }: ErrorAnswer): object {
  if (!isGatewayUrl(url)) return body;
  const { message, hint } = body.error;
  const text = hint === null ? message : `${message} ${hint}`;
  if (url.startsWith('/api/')) return ollamaError(text);
  if (url.startsWith('/v1/messages')) return anthropicError(anthropicErrorType(status), text);
  return openAiError(text, openAiErrorType(status), null);
}
