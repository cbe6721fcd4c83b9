import { CancelledError } from '@plimsoll/domain';
import type { CallOptions } from '@plimsoll/domain';

/** Commands wait for a server that is away; the caller need not. */
export async function unlessAborted<Result>(
  { signal }: CallOptions = {},
  work: () => Promise<Result>,
): Promise<Result> {
  const cancelled = (): Error => new CancelledError('The work on the queue was cancelled.');
  if (signal === undefined) return work();
  if (signal.aborted) throw cancelled();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled());
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    const working = work();
    working.catch(() => undefined);
    return await Promise.race([working, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
