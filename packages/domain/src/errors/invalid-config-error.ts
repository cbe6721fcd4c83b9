import { PlimsollError } from './plimsoll-error.js';

/** The configuration is not usable. The message names the path of the value, what it is and what is allowed. */
export class InvalidConfigError extends PlimsollError {
  readonly code = 'invalid-config' as const;
}
