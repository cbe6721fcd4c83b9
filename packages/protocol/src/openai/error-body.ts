import { z } from 'zod';

/** OpenAI's error, as the body of a refusal or as an event of a stream. */
export interface OpenAiErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** What to send for an error; `type` as in `invalid_request_error`, `code` as in `model_not_found`. */
export function openAiError(message: string, type: string, code: string | null = null): OpenAiErrorBody {
  return { error: { message, type, param: null, code } };
}

/** The `type` that goes with an HTTP status. Source: OpenAI's API reference, "Error codes". */
export function openAiErrorType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}

/** What a server said about a failure. */
export interface ErrorFacts {
  readonly message: string;
  readonly type: string | null;
  readonly code: string | null;
}

const facts = z.object({
  message: z.string(),
  type: z.string().nullish().catch(null),
  code: z.union([z.string(), z.number()]).nullish().catch(null),
});
const nested = z.object({ error: facts });
const plain = z.object({ error: z.string() });
const detail = z.object({ detail: z.unknown() });

/**
 * Reads the shapes in which OpenAI-compatible servers report failures: `{error:{message,type,code}}`
 * (OpenAI, llama-server), `{message,type,code}` (older vLLM), `{error:"…"}` (LM Studio), `{detail}` (FastAPI).
 * Null when it is none of these.
 */
export function parseErrorBody(value: unknown): ErrorFacts | null {
  const asNested = nested.safeParse(value);
  if (asNested.success) return toFacts(asNested.data.error);
  const asPlain = plain.safeParse(value);
  if (asPlain.success) return { message: asPlain.data.error, type: null, code: null };
  const asFlat = facts.safeParse(value);
  if (asFlat.success) return toFacts(asFlat.data);
  const asDetail = detail.safeParse(value);
  if (asDetail.success && asDetail.data.detail !== undefined) {
    const told = asDetail.data.detail;
    return { message: typeof told === 'string' ? told : JSON.stringify(told), type: null, code: null };
  }
  return null;
}

function toFacts(parsed: z.infer<typeof facts>): ErrorFacts {
  const { message, type, code } = parsed;
  return { message, type: type ?? null, code: code === null || code === undefined ? null : String(code) };
}
