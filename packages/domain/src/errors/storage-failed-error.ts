import { PlimsollError } from './plimsoll-error.js';

/** A file could not be read or written: permission, full disk, missing folder. */
export class StorageFailedError extends PlimsollError {
  readonly code = 'storage-failed' as const;
}
