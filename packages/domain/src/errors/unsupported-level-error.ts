import { PlimsollError } from './plimsoll-error.js';

/** The backend or source cannot make or run this quantization level. */
export class UnsupportedLevelError extends PlimsollError {
  readonly code = 'unsupported-level' as const;
}
