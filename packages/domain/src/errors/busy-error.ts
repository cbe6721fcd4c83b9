import { PlimsollError } from './plimsoll-error.js';

/** The backend or a queue is full; trying again later may help. */
export class BusyError extends PlimsollError {
  readonly code = 'busy' as const;
}
