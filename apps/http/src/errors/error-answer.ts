import { isPlimsollError } from '@plimsoll/domain';
import type { ErrorCode } from '@plimsoll/domain';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HTTP_STATUS } from './http-status.js';

/** Codes of failures that only a server has, beside the domain's. */
type ServerErrorCode = 'not-found' | 'method-not-allowed' | 'forbidden' | 'unauthorized' | 'too-large' | 'internal';

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

/** How a caught failure is answered. One that nobody foresaw says nothing of the inside. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (isPlimsollError(error)) return refusal(HTTP_STATUS[error.code], error.code, error.message, error.hint);
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
