import type { Bits, UsageSwitch } from '../settings/settings.js';

/** Free memory below which something must give way, and above which all is well again. */
export interface Band {
  readonly enterBytes: number;
  /** More than `enterBytes`, so that a reading at the line does not flip the state. */
  readonly leaveBytes: number;
  /** How long it has to last before it counts, milliseconds. */
  readonly graceMs: number;
}

/** The same as shares of the memory. */
export interface BandShares {
  readonly enterShare: number;
  readonly leaveShare: number;
  readonly graceMs: number;
}

/** How the governor behaves. Times in milliseconds. */
export interface GovernorPolicy {
  /** Little is free: something gives way when that lasts. */
  readonly soft: BandShares;
  /** Next to nothing is free: something gives way at once. */
  readonly hard: BandShares;
  /** A step down frees at least this share of the memory, or a larger step is taken. */
  readonly minReclaimShare: number;
  /** Least time between two steps, except from the hard band. */
  readonly dwellMs: number;
  /** How long a machine has to be healthy before a step up. Doubled after each reversal. */
  readonly healthyMs: number;
  /** Longest that doubling makes it. */
  readonly longestHealthyMs: number;
  /** Share of the memory that has to stay free after a step up. */
  readonly upFreeShare: number;
  /** After a load or unload readings lag behind: nothing is decided for so long. */
  readonly settleMs: number;
  /** A reading older than this is stale. */
  readonly staleMs: number;
  /** A step up that is taken back within this time is a reversal; a cache that is dropped twice within it no remedy. */
  readonly reversalMs: number;
  /** Steps of one model in an hour after which it stays where it is and somebody is told. */
  readonly stepsPerHour: number;
  /** The user's own line: at which free share models go to how many bits. Null is none. */
  readonly usageSwitch: (BandShares & { readonly toBits: Bits }) | null;
  readonly heat: HeatPolicy;
  /** Share of time all tasks stalled for memory (PSI `full`, ten-second average) that counts as the hard band. */
  readonly hostStallShare: number;
}

/** When a device is hot. A power cap alone never is. */
export interface HeatPolicy {
  /** Degrees left to the slowdown at which it counts as hot when that lasts. */
  readonly enterMarginC: number;
  readonly leaveMarginC: number;
  readonly graceMs: number;
  /** How long a step is given to lower the power before it is judged. */
  readonly trialMs: number;
}

/**
 * The defaults. Bands and the five minutes follow kubelet's node-pressure eviction (soft threshold with grace, hard at
 * once, five minutes of transition); the settling time is what drivers take to give memory back after an unload.
 */
export const DEFAULT_GOVERNOR_POLICY: GovernorPolicy = {
  soft: { enterShare: 0.1, leaveShare: 0.15, graceMs: 15_000 },
  hard: { enterShare: 0.05, leaveShare: 0.08, graceMs: 0 },
  minReclaimShare: 0.02,
  dwellMs: 30_000,
  healthyMs: 300_000,
  longestHealthyMs: 3_600_000,
  upFreeShare: 0.15,
  settleMs: 5_000,
  staleMs: 5_000,
  reversalMs: 900_000,
  stepsPerHour: 8,
  usageSwitch: null,
  heat: { enterMarginC: 3, leaveMarginC: 8, graceMs: 10_000, trialMs: 60_000 },
  hostStallShare: 0.6,
};

/** How much more has to be free for the user's line to be left than to be entered, as a share of the memory. */
const SWITCH_HYSTERESIS = 0.05;

/** The policy with the user's own line; what goes up again has to stay clear of it. */
export function withUsageSwitch(policy: GovernorPolicy, usageSwitch: UsageSwitch | null): GovernorPolicy {
  if (usageSwitch === null) return { ...policy, usageSwitch };
  const enterShare = 1 - usageSwitch.aboveUsage;
  const leaveShare = Math.min(1, enterShare + SWITCH_HYSTERESIS);
  return {
    ...policy,
    upFreeShare: Math.max(policy.upFreeShare, leaveShare),
    usageSwitch: { enterShare, leaveShare, graceMs: policy.soft.graceMs, toBits: usageSwitch.toBits },
  };
}

/** A band of a memory of that size. */
export function bandOf({ enterShare, leaveShare, graceMs }: BandShares, totalBytes: number): Band {
  return { enterBytes: totalBytes * enterShare, leaveBytes: totalBytes * leaveShare, graceMs };
}
