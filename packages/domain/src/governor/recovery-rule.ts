import { peakBytes } from './foreign-peak.js';
import type { GovernedModel } from './governed-model.js';
import { bytesHeld, expectedBytes } from './governed-model.js';
import type { GovernorPolicy } from './governor-policy.js';
import type { GovernorState } from './governor-state.js';
import type { Rung } from './ladder.js';
import type { Proposal, RuleContext } from './rule-context.js';
import { PASS, isKnown } from './rule-context.js';

/**
 * A step up: when every memory has been healthy and every device cool for long enough, to the best point that leaves
 * enough free in the state *after* the step. Sequences come back before points do.
 */
export function recoveryStep(context: RuleContext): Proposal {
  const { policy, state, input, ledger } = context;
  const movable = input.models.filter(({ loaded, pin }) => loaded && pin !== 'point');
  const limited = input.models.find(({ loaded, concurrencyLimit }) => loaded && concurrencyLimit !== null);
  const below = movable.filter(({ rung }) => rung > 0);
  if (limited === undefined && below.length === 0) return PASS;
  if (!ledger.every((entry) => isKnown(entry, context))) return { kind: 'hold', reason: 'stale' };
  const since = healthySince(state);
  if (since === null) return { kind: 'hold', reason: 'recovering' };
  const waited = input.nowMs - since;
  if (limited !== undefined && waited >= policy.healthyMs) {
    const action = { kind: 'limit-concurrency' as const, model: limited.name, to: null };
    return { kind: 'step', action, direction: 'up', domain: null, reclaimBytes: 0 };
  }
  const ready = below.filter(({ name }) => waited >= healthyTime(policy, state, name));
  const free = ready.filter(({ name }) => state.latched[name] === undefined);
  for (const model of [...free].sort((a, b) => b.lastUsedMs - a.lastUsedMs)) {
    const to = bestThatFits(context, model);
    if (to === null) continue;
    const domain = ledger[0]?.domain ?? null;
    const target = model.ladder[to];
    const reclaimBytes =
      domain === null || target === undefined ? 0 : bytesHeld(model, domain) - expectedBytes(model, target, domain);
    const action = { kind: 'switch' as const, model: model.name, from: model.rung, to };
    return { kind: 'step', action, direction: 'up', domain, reclaimBytes };
  }
  if (ready.length < below.length && free.length === ready.length) return { kind: 'hold', reason: 'recovering' };
  return free.length < ready.length ? { kind: 'hold', reason: 'latched' } : PASS;
}

/** Since when all has been well; null when something is not. */
function healthySince({ pressure, heat }: GovernorState): number | null {
  const all = [
    ...Object.values(pressure).map(({ healthySinceMs }) => healthySinceMs),
    ...Object.values(heat).map(({ coolSinceMs }) => coolSinceMs),
  ];
  return all.reduce<number | null>(
    (latest, since) => (latest === null || since === null ? null : Math.max(latest, since)),
    Number.NEGATIVE_INFINITY,
  );
}

/** Doubled with each reversal in a row. */
export function healthyTime(policy: GovernorPolicy, { reversals }: GovernorState, model: string): number {
  return Math.min(policy.longestHealthyMs, policy.healthyMs * 2 ** (reversals[model] ?? 0));
}

function bestThatFits({ policy, state, ledger }: RuleContext, model: GovernedModel): number | null {
  const failed = state.failed.filter((point) => point.model === model.name).map(({ rung }) => model.ladder[rung]);
  const fits = (rung: Rung): boolean =>
    ledger.every(({ domain, freeBytes, foreignBytes, totalBytes }) => {
      const bytes = expectedBytes(model, rung, domain);
      const peak = state.pressure[domain]?.foreignPeak ?? null;
      const wave = peak === null ? 0 : Math.max(0, peakBytes(peak) - (foreignBytes ?? 0));
      const after = (freeBytes ?? 0) - wave + bytesHeld(model, domain) - bytes;
      return bytes <= bytesHeld(model, domain) || after >= (totalBytes ?? 0) * policy.upFreeShare;
    }) && !failed.some((point) => point !== undefined && isAsLarge(rung, point));
  const index = model.ladder.findIndex((rung, position) => position < model.rung && fits(rung));
  return index === -1 ? null : index;
}

/** Whether a rung takes at least as much as one that ran out of memory, in some memory that matters. */
const isAsLarge = (rung: Rung, failed: Rung): boolean =>
  Object.entries(failed.bytes).some(([domain, bytes]) => bytes > 0 && (rung.bytes[domain] ?? 0) >= bytes);
