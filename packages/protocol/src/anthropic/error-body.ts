import { z } from 'zod';

/** The kinds of errors with their HTTP status. Source: Anthropic's API reference, "Errors". */
export const ANTHROPIC_ERRORS = {
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
} as const;

export type AnthropicErrorType = keyof typeof ANTHROPIC_ERRORS;

/** The body of a refusal; in a stream it is the event `error`. */
export const anthropicErrorBody = z.object({
  type: z.literal('error'),
  error: z.object({ type: z.string(), message: z.string() }),
  request_id: z.string().nullish(),
});
export type AnthropicErrorBody = z.infer<typeof anthropicErrorBody>;

/** What to send for an error; the id of its request stands in bodies only. */
export function anthropicError(type: AnthropicErrorType, message: string, requestId?: string): AnthropicErrorBody {
  return { type: 'error', error: { type, message }, ...(requestId === undefined ? {} : { request_id: requestId }) };
}
