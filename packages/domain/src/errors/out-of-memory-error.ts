import { PlimsollError } from './plimsoll-error.js';

/** The backend ran out of memory while loading or running a model. */
export class OutOfMemoryError extends PlimsollError {
  readonly code = 'out-of-memory' as const;
}
