import { PlimsollError } from './plimsoll-error.js';

/** The backend does not offer what was asked for (embeddings, log-probabilities, unloading …). */
export class CapabilityMissingError extends PlimsollError {
  readonly code = 'capability-missing' as const;
}
