import type { GovernorPolicy } from './governor-policy.js';

/** What was last read of a device's heat. Null is unknown. */
export interface HeatReading {
  readonly device: string;
  readonly atMs: number;
  /** Whether the device is slowed down by heat now (NVML: 0x20 and 0x40; not 0x4, which is a power cap). */
  readonly throttling: boolean | null;
  /** Degrees left before it will be. */
  readonly marginC: number | null;
  readonly powerW: number | null;
}

/** What is remembered of a device's heat from reading to reading. */
export interface Heat {
  readonly hot: boolean;
  /** Since when its margin has been too small without a break; null when it is not. */
  readonly closeSinceMs: number | null;
  /** Since when it has been cool without a break; null when it is not, or not known. */
  readonly coolSinceMs: number | null;
}

/** Before the first reading. */
export const UNKNOWN_HEAT: Heat = { hot: false, closeSinceMs: null, coolSinceMs: null };

/**
 * Heat after a reading: hot at once when the device slows itself down, or when it has been close to that for long
 * enough; cool again with more margin than it took to become hot. Of a device that says neither, nothing is held
 * against it. Stale readings change nothing but end the cool time.
 */
export function nextHeat(before: Heat, reading: HeatReading, { heat, staleMs }: GovernorPolicy, nowMs: number): Heat {
  if (nowMs - reading.atMs > staleMs) return { ...before, coolSinceMs: null };
  const { throttling, marginC } = reading;
  if (throttling === null && marginC === null) {
    return { ...before, coolSinceMs: before.hot ? null : (before.coolSinceMs ?? nowMs) };
  }
  const limit = before.hot || before.closeSinceMs !== null ? heat.leaveMarginC : heat.enterMarginC;
  const close = marginC !== null && marginC < limit;
  const closeSinceMs = close ? (before.closeSinceMs ?? nowMs) : null;
  const lasts = closeSinceMs !== null && (before.hot || nowMs - closeSinceMs >= heat.graceMs);
  const hot = throttling === true || lasts;
  return { hot, closeSinceMs, coolSinceMs: hot || close ? null : (before.coolSinceMs ?? nowMs) };
}
