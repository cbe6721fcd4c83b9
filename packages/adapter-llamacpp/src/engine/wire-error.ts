import {
  BackendFailedError,
  BusyError,
  CancelledError,
  CapabilityMissingError,
  EngineMismatchError,
  InvalidInputError,
  InvalidModelFileError,
  ModelNotFoundError,
  OutOfMemoryError,
  StorageFailedError,
  UnsupportedLevelError,
  UnsupportedModelError,
  isPlimsollError,
} from '@plimsoll/domain';
import type { ErrorCode, PlimsollError, Remedy } from '@plimsoll/domain';

/** An error as it travels between processes. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly remedies: readonly Remedy[];
}

/** Turns whatever was thrown into what can be sent. */
export function toWire(error: unknown): WireError {
  if (isPlimsollError(error)) {
    const { code, message, hint, remedies } = error;
    return { code, message, hint, remedies };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'backend-failed', message: `The embedded engine failed: ${message}`, hint: null, remedies: [] };
}

/** Makes the error again on the other side. */
export function fromWire(wire: WireError): PlimsollError {
  const details = { hint: wire.hint ?? undefined, remedies: wire.remedies };
  switch (wire.code) {
    case 'busy':
      return new BusyError(wire.message, details);
    case 'cancelled':
      return new CancelledError(wire.message, details);
    case 'capability-missing':
      return new CapabilityMissingError(wire.message, details);
    case 'engine-mismatch':
      return new EngineMismatchError(wire.message, details);
    case 'invalid-input':
      return new InvalidInputError(wire.message, details);
    case 'invalid-model-file':
      return new InvalidModelFileError(wire.message, details);
    case 'model-not-found':
      return new ModelNotFoundError(wire.message, details);
    case 'out-of-memory':
      return new OutOfMemoryError(wire.message, details);
    case 'storage-failed':
      return new StorageFailedError(wire.message, details);
    case 'unsupported-level':
      return new UnsupportedLevelError(wire.message, details);
    case 'unsupported-model':
      return new UnsupportedModelError(wire.message, details);
    default:
      return new BackendFailedError(wire.message, details);
  }
}
