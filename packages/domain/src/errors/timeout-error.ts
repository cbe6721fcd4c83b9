import { PlimsollError } from './plimsoll-error.js';

/** An operation took longer than it was allowed to. */
export class TimeoutError extends PlimsollError {
  readonly code = 'timeout' as const;
}
