import { PlimsollError } from './plimsoll-error.js';

/** No model of that name or path exists. */
export class ModelNotFoundError extends PlimsollError {
  readonly code = 'model-not-found' as const;
}
