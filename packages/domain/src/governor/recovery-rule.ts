import type { GovernedModel } from './governed-model.js';
import { bytesHeld, expectedBytes } from './governed-model.js';
import type { GovernorPolicy } from './governor-policy.js';
import type { GovernorState } from './governor-state.js';
import type { Rung } from './ladder.js';
import { barToGrowth, mayGoUpTo } from './room-after.js';
import type { Proposal, RuleContext } from './rule-context.js';
import { PASS } from './rule-context.js';

/** Sequences that were given up for heat come back, when every device has been cool for long enough. They take no memory. */
export function sequencesStep({ policy, state, input }: RuleContext): Proposal {
  const limited = input.models.filter(
    ({ loaded, changing, concurrencyLimit }) => loaded && !changing && concurrencyLimit !== null,
  );
  const since = latestOf(Object.values(state.heat).map(({ coolSinceMs }) => coolSinceMs));
  if (limited.length === 0 || since === null) return PASS;
  const model = limited.find(
    ({ name }) => state.latched[name] === undefined && input.nowMs - since >= healthyTime(policy, state, name),
  );
  if (model === undefined) return PASS;
  const action = { kind: 'limit-concurrency' as const, model: model.name, to: null };
  return { kind: 'step', action, direction: 'up', domain: null, reclaimBytes: 0 };
}

/**
 * A step up: when every memory has been healthy and every device cool for long enough, to the best point that leaves
 * enough free in the state *after* the step.
 */
export function recoveryStep(context: RuleContext): Proposal {
  const { policy, state, input, ledger } = context;
  const below = input.models.filter((model) => model.loaded && isBelow(model));
  if (below.length === 0) return PASS;
  const bar = barToGrowth(context);
  if (bar !== null) return { kind: 'hold', reason: bar };
  const { pressure, heat } = state;
  const since = latestOf([
    ...Object.values(pressure).map(({ healthySinceMs }) => healthySinceMs),
    ...Object.values(heat).map(({ coolSinceMs }) => coolSinceMs),
  ]);
  if (since === null) return { kind: 'hold', reason: 'recovering' };
  const ready = below.filter(({ name }) => input.nowMs - since >= healthyTime(policy, state, name));
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
  if (free.length < ready.length) return { kind: 'hold', reason: 'latched' };
  return ready.length < below.length ? { kind: 'hold', reason: 'recovering' } : PASS;
}

const isBelow = ({ pin, rung }: GovernedModel): boolean => pin !== 'point' && rung > 0;

/** Since when all has been well; null when something is not. */
function latestOf(times: readonly (number | null)[]): number | null {
  return times.reduce<number | null>(
    (latest, since) => (latest === null || since === null ? null : Math.max(latest, since)),
    Number.NEGATIVE_INFINITY,
  );
}

/** Doubled with each reversal in a row. */
export function healthyTime(policy: GovernorPolicy, { reversals }: GovernorState, model: string): number {
  return Math.min(policy.longestHealthyMs, policy.healthyMs * 2 ** (reversals[model] ?? 0));
}

function bestThatFits(context: RuleContext, model: GovernedModel): number | null {
  if (!isBelow(model)) return null;
  const failed = context.state.failed
    .filter((point) => point.model === model.name)
    .map(({ rung }) => model.ladder[rung]);
  const index = model.ladder.findIndex(
    (rung, position) =>
      position < model.rung &&
      mayGoUpTo(context, model, rung) &&
      !failed.some((point) => point !== undefined && isAsLarge(rung, point)),
  );
  return index === -1 ? null : index;
}

/** Whether a rung takes at least as much as one that ran out of memory, in some memory that matters. */
const isAsLarge = (rung: Rung, failed: Rung): boolean =>
  Object.entries(failed.bytes).some(([domain, bytes]) => bytes > 0 && (rung.bytes[domain] ?? 0) >= bytes);
