import type { GovernedModel } from './governed-model.js';
import { currentRung } from './governed-model.js';
import { bandOf } from './governor-policy.js';
import type { MemoryDomain } from './memory-ledger.js';
import type { Remedy } from './governor-action.js';
import { firstSufficient, remediesFor } from './remedies.js';
import type { KnownEntry, Proposal, RuleContext } from './rule-context.js';
import { PASS, isKnown } from './rule-context.js';

/**
 * The least harmful step that brings a pressed memory out of both bands; where none does, out of the hard one; where
 * none does that either, the one that frees most. The tightest memory is looked at first.
 */
export function pressureStep(context: RuleContext, level: 'soft' | 'hard'): Proposal {
  const { state, input, ledger } = context;
  const pressed = ledger
    .filter((entry): entry is KnownEntry => isKnown(entry, context) && state.pressure[entry.domain]?.level === level)
    .sort((a, b) => a.freeBytes / a.capacityBytes - b.freeBytes / b.capacityBytes);
  if (pressed.length === 0) return PASS;
  for (const entry of pressed) {
    const remedy = sufficientFor(context, entry, remediesFor(context, input.models, entry.domain));
    if (remedy !== null) return step(remedy, entry.domain);
  }
  return { kind: 'hold', reason: 'nothing-left' };
}

const step = (remedy: Remedy, domain: MemoryDomain): Proposal => ({
  kind: 'step',
  ...remedy,
  direction: 'down',
  domain,
});

function sufficientFor({ policy }: RuleContext, entry: KnownEntry, remedies: readonly Remedy[]): Remedy | null {
  const { capacityBytes, freeBytes } = entry;
  const least = capacityBytes * policy.minReclaimShare;
  const outOf = (band: 'soft' | 'hard'): number =>
    Math.max(least, bandOf(policy[band], capacityBytes).leaveBytes - freeBytes);
  const worthwhile = remedies.filter(({ reclaimBytes }) => reclaimBytes >= least);
  return (
    remedies.find(({ reclaimBytes }) => reclaimBytes >= outOf('soft')) ?? firstSufficient(worthwhile, outOf('hard'))
  );
}

/**
 * An engine that ran out of memory says more than any reading: something gives way at once, and it is this model's own
 * point when nothing idle is large enough. Where nothing can be read, the model takes the smallest step down.
 */
export function outOfMemoryStep(context: RuleContext): Proposal {
  const { input, ledger } = context;
  const failed = input.models.find(({ name }) => input.outOfMemory?.includes(name) === true);
  if (failed === undefined) return PASS;
  // It is taken as loaded, since it is its size that has to shrink; and nobody unloads what is asked for.
  const models = input.models.map((model): GovernedModel =>
    model === failed
      ? { ...model, loaded: true, changing: false, activeRequests: Math.max(1, model.activeRequests), reported: null }
      : model,
  );
  const used = Object.entries(currentRung(failed)?.bytes ?? {}).filter(([, bytes]) => bytes > 0);
  const tightest = ledger
    .filter((entry): entry is KnownEntry => isKnown(entry, context) && used.some(([domain]) => domain === entry.domain))
    .sort((a, b) => a.freeBytes - b.freeBytes)[0];
  const [most] = used.sort(([, a], [, b]) => b - a);
  const domain = tightest?.domain ?? most?.[0];
  if (domain === undefined) return { kind: 'hold', reason: 'nothing-left' };
  const remedies = remediesFor(context, models, domain);
  const own = remedies.filter(({ action }) => action.kind === 'switch' && action.model === failed.name);
  const remedy = tightest === undefined ? (own[0] ?? null) : sufficientFor(context, tightest, remedies);
  return remedy === null ? { kind: 'hold', reason: 'nothing-left' } : step(remedy, domain);
}
