import type { ForeignPeak } from './foreign-peak.js';
import { nextForeignPeak } from './foreign-peak.js';
import type { GovernorPolicy } from './governor-policy.js';
import { bandOf } from './governor-policy.js';
import type { LedgerEntry } from './memory-ledger.js';

/** How hard-pressed a memory is. */
export type PressureLevel = 'none' | 'soft' | 'hard';

/** What is remembered of one memory from reading to reading. */
export interface Pressure {
  readonly level: PressureLevel;
  /** Since when it has been below the soft line without a break; null when it is not. */
  readonly belowSoftSinceMs: number | null;
  /** Since when more has been used than the user's own line allows without a break; null when it is not. */
  readonly overSwitchSinceMs: number | null;
  /** Since when it has been healthy without a break; null when it is not, or not known. */
  readonly healthySinceMs: number | null;
  /** The most that others held while it has been healthy; null when it is not. */
  readonly foreignPeak: ForeignPeak | null;
}

/** Before the first reading. */
export const UNKNOWN_PRESSURE: Pressure = {
  level: 'none',
  belowSoftSinceMs: null,
  overSwitchSinceMs: null,
  healthySinceMs: null,
  foreignPeak: null,
};

/**
 * The pressure after a reading. Lines to enter and to leave differ; the soft band counts only when it lasts; a stale or
 * missing reading changes no level and ends the healthy time, so that nothing goes up on it. `stalled` stands for the
 * hard band of a host whose tasks wait for memory whatever is free.
 */
export function nextPressure(
  before: Pressure,
  entry: LedgerEntry,
  policy: GovernorPolicy,
  nowMs: number,
  stalled = false,
): Pressure {
  const { capacityBytes, freeBytes, atMs } = entry;
  if (capacityBytes === null || freeBytes === null || nowMs - atMs > policy.staleMs) {
    return { ...before, ...UNWELL };
  }
  const [soft, hard] = [bandOf(policy.soft, capacityBytes), bandOf(policy.hard, capacityBytes)];
  const below = stalled || freeBytes < (before.belowSoftSinceMs === null ? soft.enterBytes : soft.leaveBytes);
  const overSwitchSinceMs = overSwitch(before, policy, freeBytes / capacityBytes, nowMs);
  const belowSoftSinceMs = below ? (before.belowSoftSinceMs ?? nowMs) : null;
  const inHard = stalled || freeBytes < (before.level === 'hard' ? hard.leaveBytes : hard.enterBytes);
  if (inHard) return { level: 'hard', belowSoftSinceMs, overSwitchSinceMs, ...UNWELL };
  if (belowSoftSinceMs === null) {
    const foreignPeak = nextForeignPeak(before.foreignPeak, entry.foreignBytes ?? 0, nowMs, policy.healthyMs);
    const healthySinceMs = before.healthySinceMs ?? nowMs;
    return { level: 'none', belowSoftSinceMs, overSwitchSinceMs, healthySinceMs, foreignPeak };
  }
  const lasts = before.level !== 'none' || nowMs - belowSoftSinceMs >= soft.graceMs;
  return { level: lasts ? 'soft' : 'none', belowSoftSinceMs, overSwitchSinceMs, ...UNWELL };
}

function overSwitch(
  { overSwitchSinceMs }: Pressure,
  { usageSwitch }: GovernorPolicy,
  freeShare: number,
  nowMs: number,
): number | null {
  if (usageSwitch === null) return null;
  const line = overSwitchSinceMs === null ? usageSwitch.enterShare : usageSwitch.leaveShare;
  return freeShare < line ? (overSwitchSinceMs ?? nowMs) : null;
}

const UNWELL: Pick<Pressure, 'healthySinceMs' | 'foreignPeak'> = { healthySinceMs: null, foreignPeak: null };
