import type { GovernedModel } from './governed-model.js';
import { bytesHeld, currentRung } from './governed-model.js';
import { remediesFor } from './remedies.js';
import { barToGrowth, mayGoUpTo, mayShiftTo } from './room-after.js';
import type { Proposal, RuleContext } from './rule-context.js';
import { PASS } from './rule-context.js';

/**
 * A hot device: fewer sequences at once first, then a point whose *measured* power is clearly less, then a step whose
 * power is not known and will be judged. A lower level can run hotter, so bits say nothing here.
 */
export function heatStep(context: RuleContext): Proposal {
  const { state, input } = context;
  if (state.trial !== null) return PASS;
  const hot = input.heat.find(({ device }) => state.heat[device]?.hot === true);
  if (hot === undefined) return PASS;
  const there = input.models
    .filter((model) => model.loaded && !model.changing && bytesHeld(model, hot.device) > 0)
    .sort((a, b) => b.activeRequests - a.activeRequests);
  const busiest = there.find((model) => sequences(model) > 1);
  if (busiest !== undefined) {
    const to = Math.floor(sequences(busiest) / 2);
    return heatAction({ kind: 'limit-concurrency', model: busiest.name, to });
  }
  const movable = there.filter(({ pin }) => pin !== 'point');
  for (const model of movable) {
    const to = coolerRung(context, model);
    if (to !== null) return heatAction({ kind: 'switch', model: model.name, from: model.rung, to });
  }
  const untried = remediesFor(context, movable, hot.device).find(({ action }) => {
    if (action.kind !== 'switch') return false;
    const { model: name, to } = action;
    const tried = state.noCooler.some(({ model, rung }) => model === name && rung === to);
    return !tried && movable.find((model) => model.name === name)?.ladder[to]?.powerW === null;
  });
  return untried === undefined ? { kind: 'hold', reason: 'nothing-left' } : heatAction(untried.action);
}

type Action = Extract<Proposal, { readonly kind: 'step' }>['action'];

const heatAction = (action: Action): Proposal => ({
  kind: 'step',
  action,
  direction: 'down',
  domain: null,
  reclaimBytes: 0,
});

const sequences = (model: GovernedModel): number => model.concurrencyLimit ?? currentRung(model)?.point.parallel ?? 1;

/** A step for heat has to save at least this share of the power: less is not worth the loss. */
const LEAST_SAVING = 0.05;

/** Of the rungs whose measured power is clearly less than that of the present one, the one that loses least. */
function coolerRung(context: RuleContext, model: GovernedModel): number | null {
  const { ladder, rung } = model;
  const now = ladder[rung]?.powerW ?? null;
  if (now === null) return null;
  const cooler = ladder
    .map((to, index) => ({ to, index, powerW: to.powerW, loss: to.loss ?? Number.POSITIVE_INFINITY }))
    .filter(({ powerW }) => powerW !== null && powerW <= now * (1 - LEAST_SAVING))
    .filter(({ to }) => mayShiftTo(context, model, to))
    .sort((a, b) => a.loss - b.loss || (a.powerW ?? 0) - (b.powerW ?? 0));
  return cooler[0]?.index ?? null;
}

/** Takes a step for heat back when the power did not fall, and when there is room to. */
export function heatVerdict(context: RuleContext): Proposal {
  const { policy, state, input } = context;
  const { trial } = state;
  if (trial === null || input.nowMs < trial.judgeAtMs) return PASS;
  const reading = input.heat.find(({ device }) => device === trial.device);
  const powerW = reading === undefined || input.nowMs - reading.atMs > policy.staleMs ? null : reading.powerW;
  const model = input.models.find(({ name }) => name === trial.model);
  if (powerW === null || powerW < trial.powerBeforeW || model?.rung !== trial.to) return PASS;
  if (!model.loaded || model.pin === 'point') return PASS;
  const before = model.ladder[trial.from];
  if (before === undefined || barToGrowth(context) !== null || !mayGoUpTo(context, model, before)) return PASS;
  const action = { kind: 'switch' as const, model: trial.model, from: trial.to, to: trial.from };
  return { kind: 'step', action, direction: 'up', domain: null, reclaimBytes: 0 };
}
