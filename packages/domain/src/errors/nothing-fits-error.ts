import { PlimsollError } from './plimsoll-error.js';

/** No operating point fits the budget. The message says by how much the smallest one misses. */
export class NothingFitsError extends PlimsollError {
  readonly code = 'nothing-fits' as const;
}
