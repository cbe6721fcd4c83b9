import type { GovernorPolicy } from './governor-policy.js';
import type { GovernorDecision, GovernorInput, GovernorRule, GovernorState, HoldReason } from './governor-state.js';
import { reservationsOf } from './governed-model.js';
import { heatStep, heatVerdict } from './heat-rules.js';
import { ledgerEntry } from './memory-ledger.js';
import { outOfMemoryStep, pressureStep } from './memory-rules.js';
import { observe } from './observe.js';
import { recoveryStep } from './recovery-rule.js';
import type { Proposal, RuleContext } from './rule-context.js';
import { recordDecision } from './record-decision.js';

/** What came of a look: a step, or why there is none; and what is remembered. */
export interface GovernorLook {
  readonly state: GovernorState;
  readonly decision: GovernorDecision | null;
  /** Null when a step was decided. */
  readonly hold: HoldReason | null;
}

/** In the order in which they are asked. A rule that sees nothing to do passes on to the next. */
const RULES: readonly {
  readonly rule: GovernorRule;
  /** Whether it waits until some time has passed since the last step. */
  readonly dwells: boolean;
  readonly propose: (context: RuleContext) => Proposal;
}[] = [
  { rule: 'out-of-memory', dwells: false, propose: outOfMemoryStep },
  { rule: 'hard-pressure', dwells: false, propose: (context) => pressureStep(context, 'hard') },
  { rule: 'heat-trial', dwells: false, propose: heatVerdict },
  { rule: 'soft-pressure', dwells: true, propose: (context) => pressureStep(context, 'soft') },
  { rule: 'heat', dwells: true, propose: heatStep },
  { rule: 'recovery', dwells: true, propose: recoveryStep },
];

/**
 * Looks at the machine once and decides on one step at most. A pure function of policy, memory and readings: it has no
 * clock and does nothing by itself. While a step settles nothing is decided; on stale readings nothing goes up, and
 * nothing goes down for the memory that they are of.
 */
export function decide(policy: GovernorPolicy, before: GovernorState, input: GovernorInput): GovernorLook {
  const reservations = reservationsOf(input.models);
  const ledger = input.memory.map((reading) =>
    ledgerEntry(reading, reservations, input.limitBytes?.[reading.domain] ?? null),
  );
  const state = observe(policy, before, input, ledger);
  const { nowMs, models } = input;
  if (nowMs < state.settleUntilMs || models.some(({ changing }) => changing)) {
    return { state, decision: null, hold: 'settling' };
  }
  const context: RuleContext = { policy, state, input, ledger };
  const dwelling = state.lastStepMs !== null && nowMs - state.lastStepMs < policy.dwellMs;
  for (const { rule, dwells, propose } of RULES) {
    const proposal = propose(context);
    if (proposal.kind === 'pass') continue;
    if (proposal.kind === 'hold') return { state, decision: null, hold: proposal.reason };
    if (dwells && dwelling) return { state, decision: null, hold: 'dwell' };
    const { action, direction, domain, reclaimBytes } = proposal;
    const freeBytesBefore = ledger.find((entry) => entry.domain === domain)?.freeBytes ?? null;
    const freeBytesAfter = freeBytesBefore === null ? null : freeBytesBefore + reclaimBytes;
    const prediction = { domain, freeBytesBefore, freeBytesAfter };
    const decision: GovernorDecision = { atMs: nowMs, rule, direction, action, prediction };
    return { state: recordDecision(policy, state, input, decision), decision, hold: null };
  }
  return { state, decision: null, hold: 'healthy' };
}
