import type { GovernorPolicy } from './governor-policy.js';
import type {
  DecisionInputs,
  GovernorDecision,
  GovernorInput,
  GovernorRule,
  GovernorState,
  HoldReason,
} from './governor-state.js';
import { heatStep, heatVerdict } from './heat-rules.js';
import { ledgerOf } from './ledger-of.js';
import type { LedgerEntry } from './memory-ledger.js';
import { outOfMemoryStep, pressureStep } from './memory-rules.js';
import { observe } from './observe.js';
import { recoveryStep, sequencesStep } from './recovery-rule.js';
import type { Proposal, RuleContext } from './rule-context.js';
import { recordDecision } from './record-decision.js';
import { usageStep } from './usage-rule.js';

/** What came of a look: a step, or why there is none; and what is remembered. */
export interface GovernorLook {
  readonly state: GovernorState;
  readonly decision: GovernorDecision | null;
  /** Null when a step was decided. */
  readonly hold: HoldReason | null;
}

/** In the order in which they are asked. */
const RULES: readonly {
  readonly rule: GovernorRule;
  /** Whether it takes memory, which nothing does while a rule before it holds or a model is on its way. */
  readonly grows: boolean;
  /** Whether it waits until some time has passed since the last step. */
  readonly dwells: boolean;
  readonly propose: (context: RuleContext) => Proposal;
}[] = [
  { rule: 'out-of-memory', grows: false, dwells: false, propose: outOfMemoryStep },
  { rule: 'hard-pressure', grows: false, dwells: false, propose: (context) => pressureStep(context, 'hard') },
  { rule: 'heat-trial', grows: true, dwells: false, propose: heatVerdict },
  { rule: 'usage', grows: false, dwells: true, propose: usageStep },
  { rule: 'soft-pressure', grows: false, dwells: true, propose: (context) => pressureStep(context, 'soft') },
  { rule: 'heat', grows: false, dwells: true, propose: heatStep },
  { rule: 'recovery', grows: false, dwells: true, propose: sequencesStep },
  { rule: 'recovery', grows: true, dwells: true, propose: recoveryStep },
];

/** What a decision keeps of what was looked at. */
export const inputsOf = (input: GovernorInput, memory: readonly LedgerEntry[]): DecisionInputs => ({
  memory,
  heat: input.heat,
  hostStallShare: input.hostStallShare ?? null,
});

/**
 * Looks at the machine once and decides on one step at most. A pure function of policy, memory and readings: it has no
 * clock and does nothing by itself. While a step settles or a model is being loaded nothing is decided; a model that
 * lets its last answers end holds up itself alone. On stale readings nothing goes up, and nothing goes down for the
 * memory that they are of.
 */
export function decide(policy: GovernorPolicy, before: GovernorState, input: GovernorInput): GovernorLook {
  const ledger = ledgerOf(input);
  const state = observe(policy, before, input, ledger);
  const { nowMs, models } = input;
  if (nowMs < state.settleUntilMs || models.some(({ incoming }) => incoming !== undefined)) {
    return { state, decision: null, hold: 'settling' };
  }
  const isChanging = models.some(({ changing }) => changing);
  const context: RuleContext = { policy, state, input, ledger };
  const dwelling = state.lastStepMs !== null && nowMs - state.lastStepMs < policy.dwellMs;
  let hold: HoldReason | null = null;
  for (const { rule, grows, dwells, propose } of RULES) {
    if (grows && (isChanging || hold !== null)) continue;
    const proposal = propose(context);
    if (proposal.kind === 'pass') continue;
    if (proposal.kind === 'hold' || (dwells && dwelling)) {
      hold ??= proposal.kind === 'hold' ? proposal.reason : 'dwell';
      continue;
    }
    const { action, direction, domain, reclaimBytes } = proposal;
    const freeBytesBefore = ledger.find((entry) => entry.domain === domain)?.freeBytes ?? null;
    const freeBytesAfter = freeBytesBefore === null ? null : freeBytesBefore + reclaimBytes;
    const prediction = { domain, freeBytesBefore, freeBytesAfter };
    const inputs = inputsOf(input, ledger);
    const decision: GovernorDecision = { atMs: nowMs, rule, direction, action, inputs, prediction };
    return { state: recordDecision(policy, state, input, decision), decision, hold: null };
  }
  return { state, decision: null, hold: isChanging ? 'settling' : (hold ?? 'healthy') };
}
