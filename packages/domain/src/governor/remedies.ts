import type { GovernedModel } from './governed-model.js';
import { bytesHeld, currentRung, expectedBytes } from './governed-model.js';
import type { Remedy } from './governor-action.js';
import type { Rung } from './ladder.js';
import { SACRIFICES, sacrificeOf } from './ladder.js';
import type { MemoryDomain } from './memory-ledger.js';
import { mayShiftTo } from './room-after.js';
import type { RuleContext } from './rule-context.js';

/**
 * All that can be done about a memory, least harm first: drop cache that nobody uses (a cache that came back is not
 * dropped again soon), unload models that nobody uses (the one that is back soonest first, then the one that was not
 * used longest), then take models down their ladders in the order of what is given up, and among equals where the least
 * is lost. A step that would bring another memory under pressure is none.
 */
export function remediesFor(
  context: RuleContext,
  models: readonly GovernedModel[],
  domain: MemoryDomain,
): readonly Remedy[] {
  const loaded = models.filter(({ loaded: isLoaded, changing }) => isLoaded && !changing);
  const { policy, state, input } = context;
  const drops = loaded
    .filter(({ name }) => input.nowMs - (state.dropped[name] ?? Number.NEGATIVE_INFINITY) >= policy.reversalMs)
    .map((model): Remedy => ({
      action: { kind: 'drop-idle-cache', model: model.name },
      reclaimBytes: model.idleCache[domain] ?? 0,
    }));
  const unloads = loaded
    .filter(({ activeRequests, pin }) => activeRequests === 0 && pin === 'none')
    .sort((a, b) => a.reloadMs - b.reloadMs || a.lastUsedMs - b.lastUsedMs)
    .map((model): Remedy => ({
      action: { kind: 'unload', model: model.name },
      reclaimBytes: bytesHeld(model, domain),
    }));
  return [...drops, ...unloads, ...steps(context, loaded, domain)].filter(({ reclaimBytes }) => reclaimBytes > 0);
}

interface Step extends Remedy {
  readonly order: readonly number[];
}

function steps(context: RuleContext, models: readonly GovernedModel[], domain: MemoryDomain): readonly Remedy[] {
  return models
    .filter(({ pin }) => pin !== 'point')
    .flatMap((model) => stepsOf(context, model, domain))
    .sort((a, b) => compareOrders(a.order, b.order));
}

function stepsOf(context: RuleContext, model: GovernedModel, domain: MemoryDomain): readonly Step[] {
  const from = currentRung(model);
  if (from === undefined) return [];
  const held = bytesHeld(model, domain);
  return model.ladder.flatMap((to, index) => {
    const reclaimBytes = held - expectedBytes(model, to, domain);
    const failed = context.state.failed.some((point) => point.model === model.name && point.rung === index);
    if (failed || index === model.rung || reclaimBytes <= 0 || !mayShiftTo(context, model, to)) return [];
    const action = { kind: 'switch' as const, model: model.name, from: model.rung, to: index };
    return [{ action, reclaimBytes, order: [gravity(from, to), lossAdded(from, to), slower(from, to)] }];
  });
}

const gravity = (from: Rung, to: Rung): number => {
  const sacrifice = sacrificeOf(from, to);
  return sacrifice === null ? -1 : SACRIFICES.indexOf(sacrifice);
};

const lossAdded = (from: Rung, to: Rung): number => (to.loss === null ? Number.MAX_VALUE : to.loss - (from.loss ?? 0));

const slower = (from: Rung, to: Rung): number => (from.decodeTokensPerSecond ?? 0) - (to.decodeTokensPerSecond ?? 0);

function compareOrders(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? value);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The first remedy that frees at least `leastBytes`; where none does, the one that frees most. Null when there is
 * nothing left to give.
 */
export function firstSufficient(remedies: readonly Remedy[], leastBytes: number): Remedy | null {
  const sufficient = remedies.find(({ reclaimBytes }) => reclaimBytes >= leastBytes);
  if (sufficient !== undefined) return sufficient;
  return remedies.reduce<Remedy | null>(
    (most, remedy) => (most === null || remedy.reclaimBytes > most.reclaimBytes ? remedy : most),
    null,
  );
}
