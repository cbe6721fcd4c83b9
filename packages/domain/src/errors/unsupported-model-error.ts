import { PlimsollError } from './plimsoll-error.js';

/** The model is readable but of a kind that the engine or formula does not handle. */
export class UnsupportedModelError extends PlimsollError {
  readonly code = 'unsupported-model' as const;
}
