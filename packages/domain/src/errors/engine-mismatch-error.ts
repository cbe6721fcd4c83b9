import { PlimsollError } from './plimsoll-error.js';

/** The native engine found on this machine is not the build whose memory layout is known. */
export class EngineMismatchError extends PlimsollError {
  readonly code = 'engine-mismatch' as const;
}
