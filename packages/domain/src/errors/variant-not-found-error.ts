import { PlimsollError } from './plimsoll-error.js';

/** The model exists, but not at the level that was asked for. */
export class VariantNotFoundError extends PlimsollError {
  readonly code = 'variant-not-found' as const;
}
