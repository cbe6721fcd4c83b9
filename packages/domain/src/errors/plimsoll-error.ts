import type { Remedy } from './remedy.js';

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
  /** Advice about what lies outside this program, or that needs no command of it, as sentences. */
  readonly hint?: string | undefined;
  /** What this program offers as a way out, the best first. */
  readonly remedies?: readonly Remedy[] | undefined;
  /** The failure underneath. */
  readonly cause?: unknown;
}

/**
 * Base of every failure that Plimsoll reports on purpose. Recognise it with `isPlimsollError`, not
 * `instanceof`: two copies of the package in one process still understand each other.
 */
export abstract class PlimsollError extends Error {
  abstract readonly code: ErrorCode;
  /** Advice as sentences, or null when there is none to give. Front ends show it with the remedies. */
  readonly hint: string | null;
  /** Ways out as data; front ends word them. */
  readonly remedies: readonly Remedy[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint ?? null;
    this.remedies = details.remedies ?? [];
    Object.defineProperty(this, MARKER, { value: true });
  }
}

/** Whether a caught value is one of Plimsoll's own errors, from whatever copy of the package. */
export function isPlimsollError(value: unknown): value is PlimsollError {
  return typeof value === 'object' && value !== null && MARKER in value;
}

/** Whether an engine said that memory ran out: a smaller point may still answer. */
export function isOutOfMemory(value: unknown): boolean {
  return isPlimsollError(value) && value.code === 'out-of-memory';
}

const OF_ONE_SERVER: ReadonlySet<ErrorCode> = new Set(['backend-unreachable', 'busy', 'model-not-found']);

/** Whether another server with the same model may answer where this one failed. */
export function mayAnswerElsewhere(value: unknown): boolean {
  return isPlimsollError(value) && OF_ONE_SERVER.has(value.code);
}
