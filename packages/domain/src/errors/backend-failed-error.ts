import { PlimsollError } from './plimsoll-error.js';

/** The backend answered with a failure of its own, or with something that is not understood. */
export class BackendFailedError extends PlimsollError {
  readonly code = 'backend-failed' as const;
}
