import type { CallOptions } from '@plimsoll/domain';
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 50;

/**
 * Does again what was cut off when Redis went away: single commands wait for the server by themselves, but a pipeline
 * that was answered in part is given up. Only for work that may be done twice.
 */
export async function resent<Result>(work: () => Promise<Result>, { signal }: CallOptions = {}): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isCutOff(error) || signal?.aborted === true) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** By its words: the client does not export the class, and has one name for whatever is aborted. */
function isCutOff(error: unknown): boolean {
  return error instanceof Error && /aborted due to connection close/u.test(error.message);
}
