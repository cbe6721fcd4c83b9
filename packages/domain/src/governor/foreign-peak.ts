/** The most that other programs held lately, and how that changes. */
export interface ForeignPeak {
  /** When the present window began. */
  readonly sinceMs: number;
  /** Most in the present window. */
  readonly bytes: number;
  /** Most in the window before; null while there is none. */
  readonly previousBytes: number | null;
  /** At the last look, and how much more that was than at the look before. */
  readonly latestBytes: number;
  readonly riseBytes: number;
}

/**
 * The peak after another look. Two windows follow each other, so that it covers at least the last `windowMs` and at
 * most twice that; who goes up against it does not run into a wave that comes back every minute.
 */
export function nextForeignPeak(
  before: ForeignPeak | null,
  foreignBytes: number,
  nowMs: number,
  windowMs: number,
): ForeignPeak {
  const latest = { latestBytes: foreignBytes, riseBytes: before === null ? 0 : foreignBytes - before.latestBytes };
  if (before === null) return { sinceMs: nowMs, bytes: foreignBytes, previousBytes: null, ...latest };
  const { sinceMs, bytes, previousBytes } = before;
  return nowMs - sinceMs < windowMs
    ? { sinceMs, bytes: Math.max(bytes, foreignBytes), previousBytes, ...latest }
    : { sinceMs: nowMs, bytes: foreignBytes, previousBytes: bytes, ...latest };
}

/** The peak itself. */
export function peakBytes({ bytes, previousBytes }: ForeignPeak): number {
  return Math.max(bytes, previousBytes ?? 0);
}

/** Whether other programs take more and more: since the last look, or from window to window. */
export function isRising({ bytes, previousBytes, riseBytes }: ForeignPeak, leastBytes: number): boolean {
  return riseBytes > leastBytes || (previousBytes !== null && bytes > previousBytes + leastBytes);
}
