import type { ErrorCode } from '@plimsoll/domain';
import { z } from 'zod';

/** Codes of failures that only a server has, beside the domain's. */
type ServerErrorCode =
  'not-found' | 'method-not-allowed' | 'forbidden' | 'unauthorized' | 'too-large' | 'rate-limited' | 'internal';

/** The body of every failure. */
export interface ErrorBody {
  readonly error: {
    /** Stable; the domain's codes and a few of the server's own. */
    readonly code: ErrorCode | ServerErrorCode;
    readonly message: string;
    /** The way out, or null. */
    readonly hint: string | null;
  };
}

/** A failure as it is answered. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
}

/** Describes the body of failures. */
export const errorBodySchema: z.ZodType<{ error: { code: string; message: string; hint: string | null } }> = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }),
});

/** An answer from its parts. */
export function refusal(
  status: number,
  code: ErrorBody['error']['code'],
  message: string,
  hint: string | null = null,
): ErrorAnswer {
  return { status, body: { error: { code, message, hint } } };
}
