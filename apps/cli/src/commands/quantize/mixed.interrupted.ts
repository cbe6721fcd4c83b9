import { CancelledError, isPlimsollError } from '@plimsoll/domain';
import { formatCount } from '../../output/format.js';

/** Says what an interruption left; any other failure, and one before anything was measured, as it is. */
export function interrupted(failure: unknown, measurements: number): unknown {
  if (!isPlimsollError(failure) || failure.code !== 'cancelled' || measurements === 0) return failure;
  const what = measurements === 1 ? '1 measurement is' : `${formatCount(measurements)} measurements are`;
  return new CancelledError(`Choosing types was interrupted; ${what} kept.`, {
    hint: 'The same command goes on from there.',
    cause: failure,
  });
}
