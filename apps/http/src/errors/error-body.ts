import type { FailureDocument } from '@plimsoll/contract';
import type { ErrorCode } from '@plimsoll/domain';

/** Codes of failures that only a server has, beside the domain's. */
type ServerErrorCode =
  | 'not-found'
  | 'method-not-allowed'
  | 'forbidden'
  | 'unauthorized'
  | 'too-large'
  | 'rate-limited'
  | 'internal';

/** A failure as it is answered. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: FailureDocument;
}

/** An answer from its parts. */
export function refusal(
  status: number,
  code: ErrorCode | ServerErrorCode,
  message: string,
  hint: string | null = null,
): ErrorAnswer {
  return { status, body: { error: { code, message, hint } } };
}
