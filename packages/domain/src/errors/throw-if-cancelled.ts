import { CancelledError } from './cancelled-error.js';

/** Ends the work of a caller that has gone. @throws CancelledError with `message` when the signal is aborted. */
export function throwIfCancelled(
  signal: { readonly aborted: boolean } | undefined,
  message = 'The request was cancelled.',
): void {
  if (signal?.aborted === true) throw new CancelledError(message);
}
