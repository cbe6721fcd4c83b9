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

/** The refusal of a request. A model that is not there is named as it was asked for: clients look for Ollama's words. */
export function refusalOf(error: unknown, body: unknown): Failure {
  const failure = failureOf(error);
  if (failure.code !== 'model-not-found' || typeof body !== 'object' || body === null) return failure;
  const { model, name }: { readonly model?: unknown; readonly name?: unknown } = body;
  const asked = model ?? name;
  return typeof asked === 'string' ? { ...failure, message: `model '${asked}' not found` } : failure;
}
