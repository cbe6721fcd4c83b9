import { isPlimsollError } from '@plimsoll/domain';

/** The code of what the work failed with; null when it did not fail. */
export async function codeOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return isPlimsollError(error) ? error.code : `not a Plimsoll error: ${String(error)}`;
  }
}
