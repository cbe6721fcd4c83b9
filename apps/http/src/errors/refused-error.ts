import { refusal } from './error-body.js';
import type { ErrorAnswer, ErrorBody } from './error-body.js';

/** A request that the server refuses whatever its use cases would say. */
export class RefusedError extends Error {
  readonly answer: ErrorAnswer;

  constructor(status: number, code: ErrorBody['error']['code'], message: string, hint: string | null = null) {
    super(message);
    this.name = 'RefusedError';
    this.answer = refusal(status, code, message, hint);
  }
}
