/** The most that other programs held lately. */
export interface ForeignPeak {
  /** When the present window began. */
  readonly sinceMs: number;
  /** Most in the present window, and in the one before. */
  readonly bytes: number;
  readonly previousBytes: number;
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
  if (before === null) return { sinceMs: nowMs, bytes: foreignBytes, previousBytes: 0 };
  if (nowMs - before.sinceMs < windowMs) return { ...before, bytes: Math.max(before.bytes, foreignBytes) };
  return { sinceMs: nowMs, bytes: foreignBytes, previousBytes: before.bytes };
}

/** The peak itself. */
export function peakBytes({ bytes, previousBytes }: ForeignPeak): number {
  return Math.max(bytes, previousBytes);
}
