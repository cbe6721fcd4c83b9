import { quantizationName } from '../quantization/quantization.js';
import { nominalBits } from '../quantization/variant-level.js';
import type { Rung } from './ladder.js';
import { remediesFor } from './remedies.js';
import type { Proposal, RuleContext } from './rule-context.js';
import { PASS, isKnown } from './rule-context.js';

/**
 * The user's own line: a model above so many bits goes to them, at the best point that frees anything worth while, when
 * more of a memory has been in use than the line says for long enough. Models that have fewer bits already stay.
 */
export function usageStep(context: RuleContext): Proposal {
  const { policy, state, input, ledger } = context;
  const { usageSwitch } = policy;
  if (usageSwitch === null) return PASS;
  for (const entry of ledger) {
    const since = state.pressure[entry.domain]?.overSwitchSinceMs ?? null;
    if (since === null || !isKnown(entry, context) || input.nowMs - since < usageSwitch.graceMs) continue;
    const remedy = remediesFor(context, input.models, entry.domain).find(({ action, reclaimBytes }) => {
      if (action.kind !== 'switch' || reclaimBytes < entry.capacityBytes * policy.minReclaimShare) return false;
      const ladder = input.models.find(({ name }) => name === action.model)?.ladder ?? [];
      const [from, to] = [bitsOf(ladder[action.from]), bitsOf(ladder[action.to])];
      return from !== null && to !== null && from > usageSwitch.toBits && to <= usageSwitch.toBits;
    });
    if (remedy !== undefined) return { kind: 'step', ...remedy, direction: 'down', domain: entry.domain };
  }
  return PASS;
}

/** Whole bits of a weight, as levels are spoken of: 4 for Q4_K_M. */
function bitsOf(rung: Rung | undefined): number | null {
  return rung === undefined ? null : Math.floor(nominalBits(quantizationName(rung.point.quantization)));
}
