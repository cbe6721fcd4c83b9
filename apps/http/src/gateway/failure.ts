import { isPlimsollError } from '@plimsoll/domain';
import { errorAnswer } from '../errors/error-answer.js';

/** A failure as any dialect words it. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What a caught failure is; one that nobody foresaw says nothing of the inside. */
export function failureOf(error: unknown): Failure {
  const { status, body } = errorAnswer(error);
  const { code, message, hint } = body.error;
  // Clients of these APIs show one text.
  const more = isPlimsollError(error) && hint !== null ? ` ${hint}` : '';
  return { status, code, message: `${message}${more}` };
}
