import { isPlimsollError } from '@plimsoll/domain';
import type { RecordFacts } from '@plimsoll/domain';

/** Longer texts of errors are cut. */
const MOST_CHARACTERS = 500;

/** What a record keeps of a failure: its code, and what it said. */
export function failureOf(error: unknown): Required<Pick<RecordFacts, 'errorCode' | 'errorMessage'>> {
  const message = error instanceof Error ? error.message : String(error);
  return {
    errorCode: isPlimsollError(error) ? error.code : 'backend-failed',
    errorMessage: message === '' ? null : message.slice(0, MOST_CHARACTERS),
  };
}
