const MARKER: symbol = Symbol.for('@plimsoll/domain/PlimsollError');

/** Stable codes, one per failure class. Front ends map them to exit codes and HTTP statuses. */
export type ErrorCode =
  | 'invalid-input'
  | 'invalid-config'
  | 'invalid-model-file'
  | 'model-not-found'
  | 'variant-not-found'
  | 'unsupported-level'
  | 'unsupported-model'
  | 'capability-missing'
  | 'nothing-fits'
  | 'out-of-memory'
  | 'backend-unreachable'
  | 'backend-failed'
  | 'busy'
  | 'timeout'
  | 'cancelled'
  | 'storage-failed'
  | 'engine-mismatch';

/** What an error may carry beside its message. */
export interface ErrorDetails {
  /** The way out, in words a user can act on; usually a command. */
  readonly hint?: string | undefined;
  /** The failure underneath. */
  readonly cause?: unknown;
}

/**
 * Base of every failure that Plimsoll reports on purpose. Recognise it with `isPlimsollError`, not
 * `instanceof`: two copies of the package in one process still understand each other.
 */
export abstract class PlimsollError extends Error {
  abstract readonly code: ErrorCode;
  /** The way out, or null when there is none to offer. */
  readonly hint: string | null;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint ?? null;
    Object.defineProperty(this, MARKER, { value: true });
  }
}

/** Whether a caught value is one of Plimsoll's own errors, from whatever copy of the package. */
export function isPlimsollError(value: unknown): value is PlimsollError {
  return typeof value === 'object' && value !== null && MARKER in value;
}
