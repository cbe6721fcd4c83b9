import { PlimsollError } from './plimsoll-error.js';

/** The caller cancelled the operation. */
export class CancelledError extends PlimsollError {
  readonly code = 'cancelled' as const;
}
