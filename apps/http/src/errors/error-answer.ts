import { wayOut } from '@plimsoll/contract';
import { isPlimsollError } from '@plimsoll/domain';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { refusal } from './error-body.js';
import type { ErrorAnswer } from './error-body.js';
import { RefusedError } from './refused-error.js';
import { HTTP_STATUS } from './http-status.js';

/** How a caught failure is answered. One that nobody foresaw says nothing of the inside. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof RefusedError) return error.answer;
  if (isPlimsollError(error)) return refusal(HTTP_STATUS[error.code], error.code, error.message, wayOut(error));
  if (hasZodFastifySchemaValidationErrors(error)) {
    const wrong = error.validation.map(({ instancePath, message }) =>
      [instancePath.slice(1).replaceAll('/', '.') || 'body', message ?? 'is not allowed'].join(': '),
    );
    return refusal(400, 'invalid-input', wrong.join('; '), 'The fields are described at /api/plimsoll/v1/openapi.json');
  }
  const status = statusOf(error);
  if (status === 413) return refusal(413, 'too-large', 'The request is larger than allowed here.');
  if (status >= 400 && status < 500 && error instanceof Error) return refusal(status, 'invalid-input', error.message);
  return refusal(500, 'internal', 'The server failed in a way that nobody foresaw.', 'Please report what you did.');
}

function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500;
}
