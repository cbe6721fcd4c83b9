import { PlimsollError } from './plimsoll-error.js';

/** A value from outside (flag, argument, request body) is not usable. The message names it and what is allowed. */
export class InvalidInputError extends PlimsollError {
  readonly code = 'invalid-input' as const;
}
