import type { GovernedModel } from './governed-model.js';
import { currentRung } from './governed-model.js';
import { bandOf } from './governor-policy.js';
import type { Remedy } from './remedies.js';
import { firstSufficient, remediesFor } from './remedies.js';
import type { KnownEntry, Proposal, RuleContext } from './rule-context.js';
import { PASS, isKnown } from './rule-context.js';

/**
 * The least harmful step that brings a hard-pressed memory out of both bands; where none does, out of the hard one;
 * where none does that either, the one that frees most.
 */
export function pressureStep(context: RuleContext, level: 'soft' | 'hard'): Proposal {
  const { state, input, ledger } = context;
  const pressed = ledger.filter(
    (entry): entry is KnownEntry => isKnown(entry, context) && state.pressure[entry.domain]?.level === level,
  );
  const tightest = pressed.sort((a, b) => a.freeBytes / a.totalBytes - b.freeBytes / b.totalBytes)[0];
  if (tightest === undefined) return PASS;
  return stepFor(context, tightest, remediesFor(input.models, tightest.domain));
}

function stepFor({ policy }: RuleContext, entry: KnownEntry, remedies: readonly Remedy[]): Proposal {
  const { totalBytes, freeBytes, domain } = entry;
  const least = totalBytes * policy.minReclaimShare;
  const outOf = (band: 'soft' | 'hard'): number =>
    Math.max(least, bandOf(policy[band], totalBytes).leaveBytes - freeBytes);
  const worthwhile = remedies.filter(({ reclaimBytes }) => reclaimBytes >= least);
  const remedy =
    remedies.find(({ reclaimBytes }) => reclaimBytes >= outOf('soft')) ?? firstSufficient(worthwhile, outOf('hard'));
  if (remedy === null) return { kind: 'hold', reason: 'nothing-left' };
  return { kind: 'step', ...remedy, direction: 'down', domain };
}

/**
 * An engine that ran out of memory says more than any reading: something gives way at once, and it is this model's own
 * point when nothing idle is large enough.
 */
export function outOfMemoryStep(context: RuleContext): Proposal {
  const { input, ledger } = context;
  const failed = input.models.find(({ name }) => input.outOfMemory?.includes(name) === true);
  if (failed === undefined) return PASS;
  const bytes = currentRung(failed)?.bytes ?? {};
  const entries = ledger.filter(
    (entry): entry is KnownEntry => isKnown(entry, context) && (bytes[entry.domain] ?? 0) > 0,
  );
  const tightest = entries.sort((a, b) => a.freeBytes - b.freeBytes)[0];
  if (tightest === undefined) return { kind: 'hold', reason: 'stale' };
  // It is taken as loaded, since it is its size that has to shrink; and nobody unloads what is asked for.
  const models = input.models.map((model): GovernedModel =>
    model === failed
      ? { ...model, loaded: true, changing: false, activeRequests: Math.max(1, model.activeRequests), reported: null }
      : model,
  );
  return stepFor(context, tightest, remediesFor(models, tightest.domain));
}
