import { isRising, peakBytes } from './foreign-peak.js';
import type { GovernedModel } from './governed-model.js';
import { bytesHeld, expectedBytes } from './governed-model.js';
import type { Rung } from './ladder.js';
import type { LedgerEntry } from './memory-ledger.js';
import type { RuleContext } from './rule-context.js';
import { isKnown } from './rule-context.js';

/** Why nothing may grow at the moment; null when it may. */
export function barToGrowth(context: RuleContext): 'stale' | 'recovering' | 'rising' | null {
  const { policy, state, input, ledger } = context;
  if (!ledger.every((entry) => isKnown(entry, context))) return 'stale';
  const pressures = ledger.map(({ domain, capacityBytes }) => ({ capacityBytes, pressure: state.pressure[domain] }));
  // One healthy reading alone says nothing of whether others take more.
  const unwell = ({ pressure }: (typeof pressures)[number]): boolean =>
    pressure?.healthySinceMs === null || pressure?.healthySinceMs === input.nowMs;
  if (pressures.some(unwell)) return 'recovering';
  const rises = pressures.some(({ capacityBytes, pressure }) => {
    const peak = pressure?.foreignPeak ?? null;
    return peak !== null && isRising(peak, capacityBytes * policy.minReclaimShare);
  });
  return rises ? 'rising' : null;
}

/** Whether every memory keeps enough free once the model is on that rung, even at the peak of what others took lately. */
export function mayGoUpTo({ policy, state, ledger }: RuleContext, model: GovernedModel, rung: Rung): boolean {
  return ledger.every((entry) => {
    const bytes = expectedBytes(model, rung, entry.domain);
    if (bytes <= bytesHeld(model, entry.domain)) return true;
    const peak = state.pressure[entry.domain]?.foreignPeak ?? null;
    const wave = peak === null ? 0 : Math.max(0, peakBytes(peak) - (entry.foreignBytes ?? 0));
    return freeAfter(entry, model, rung) - wave >= (entry.capacityBytes ?? 0) * policy.upFreeShare;
  });
}

/**
 * Whether a model may move to a rung to relieve something: no other memory may come under pressure by it, and a model
 * that moved too often may only shrink, so that two memories cannot pass it to and fro.
 */
export function mayShiftTo(context: RuleContext, model: GovernedModel, rung: Rung): boolean {
  const { policy, state, ledger } = context;
  const grows = [...new Set([...Object.keys(rung.bytes), ...ledger.map(({ domain }) => domain)])].filter(
    (domain) => expectedBytes(model, rung, domain) > bytesHeld(model, domain),
  );
  if (state.latched[model.name] !== undefined) return grows.length === 0;
  return grows.every((domain) => {
    const entry = ledger.find((one) => one.domain === domain);
    if (entry === undefined || !isKnown(entry, context)) return false;
    return freeAfter(entry, model, rung) >= entry.capacityBytes * policy.soft.leaveShare;
  });
}

/** Free bytes of a memory in the state after the step. */
function freeAfter({ domain, freeBytes }: LedgerEntry, model: GovernedModel, rung: Rung): number {
  return (freeBytes ?? 0) + bytesHeld(model, domain) - expectedBytes(model, rung, domain);
}
