import { PlimsollError } from './plimsoll-error.js';

/** The backend does not answer at its address. */
export class BackendUnreachableError extends PlimsollError {
  readonly code = 'backend-unreachable' as const;
}
