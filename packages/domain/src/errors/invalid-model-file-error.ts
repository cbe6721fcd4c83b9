import { PlimsollError } from './plimsoll-error.js';

/** A model file is missing parts, lies about its sizes or is no GGUF at all. */
export class InvalidModelFileError extends PlimsollError {
  readonly code = 'invalid-model-file' as const;
}
