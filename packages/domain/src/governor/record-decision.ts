import type { GovernorPolicy } from './governor-policy.js';
import type { GovernorDecision, GovernorInput, GovernorState, HeatTrial } from './governor-state.js';

/** What is remembered of a decision. */
export function recordDecision(
  policy: GovernorPolicy,
  state: GovernorState,
  input: GovernorInput,
  decision: GovernorDecision,
): GovernorState {
  const { atMs, action, direction, rule } = decision;
  const { model } = action;
  const isStep = action.kind === 'switch' || action.kind === 'limit-concurrency';
  const last = state.steps.findLast((step) => step.model === model);
  const reversed = direction === 'down' && last?.direction === 'up' && atMs - last.atMs < policy.reversalMs;
  const ranOut = rule === 'out-of-memory' && action.kind === 'switch' && input.outOfMemory?.includes(model) === true;
  return {
    ...state,
    settleUntilMs: atMs + policy.settleMs,
    lastStepMs: atMs,
    steps: isStep ? [...state.steps, { atMs, model, direction }] : state.steps,
    reversals:
      isStep && reversed ? { ...state.reversals, [model]: (state.reversals[model] ?? 0) + 1 } : state.reversals,
    dropped: action.kind === 'drop-idle-cache' ? { ...state.dropped, [model]: atMs } : state.dropped,
    trial: rule === 'heat-trial' ? null : (trialOf(policy, input, decision) ?? state.trial),
    noCooler:
      rule === 'heat-trial' && action.kind === 'switch'
        ? [...state.noCooler, { model, rung: action.from, untilMs: atMs + policy.longestHealthyMs }]
        : state.noCooler,
    failed: ranOut
      ? [...state.failed, { model, rung: action.from, untilMs: atMs + policy.longestHealthyMs }]
      : state.failed,
  };
}

/** A switch for heat to a point of unknown power is a trial, where power can be read. */
function trialOf(policy: GovernorPolicy, input: GovernorInput, decision: GovernorDecision): HeatTrial | null {
  const { action, rule, atMs } = decision;
  if (rule !== 'heat' || action.kind !== 'switch') return null;
  const model = input.models.find(({ name }) => name === action.model);
  const to = model?.ladder[action.to];
  const reading = input.heat.find(({ device, powerW }) => powerW !== null && (to?.bytes[device] ?? 0) > 0);
  if (to === undefined || to.powerW !== null || reading?.powerW == null) return null;
  return {
    model: action.model,
    from: action.from,
    to: action.to,
    device: reading.device,
    powerBeforeW: reading.powerW,
    judgeAtMs: atMs + policy.heat.trialMs,
  };
}
