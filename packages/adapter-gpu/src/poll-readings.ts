import type { Clock, GpuReading } from '@plimsoll/domain';

/** Yields what `read` sees about every `intervalMs` until the signal aborts. A slow look does not add up. */
export async function* pollReadings(
  read: () => Promise<readonly GpuReading[]>,
  intervalMs: number,
  clock: Clock,
  signal?: AbortSignal,
): AsyncGenerator<readonly GpuReading[], void> {
  while (signal?.aborted !== true) {
    const startMs = clock.monotonicMs();
    const readings = await read().catch(() => []);
    if (isAborted(signal)) return;
    yield readings;
    const restMs = intervalMs - (clock.monotonicMs() - startMs);
    await clock.sleep(Math.max(restMs, 1), { signal }).catch(() => undefined);
  }
}

/** Whether the caller has cancelled; asked anew after every wait. */
export function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}
