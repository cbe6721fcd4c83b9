import type { GovernorPolicy } from './governor-policy.js';
import type { GovernorInput, GovernorState, StepTaken } from './governor-state.js';
import { UNKNOWN_HEAT, nextHeat } from './heat.js';
import type { LedgerEntry } from './memory-ledger.js';
import { UNKNOWN_PRESSURE, nextPressure } from './pressure.js';

const HOUR_MS = 3_600_000;
/** The machine's own memory. */
export const HOST_DOMAIN = 'host';

/** The state after a look, before anything is decided. */
export function observe(
  policy: GovernorPolicy,
  before: GovernorState,
  input: GovernorInput,
  ledger: readonly LedgerEntry[],
): GovernorState {
  const { nowMs } = input;
  const stalled = (input.hostStallShare ?? 0) >= policy.hostStallShare;
  const pressure = Object.fromEntries(
    ledger.map((entry) => {
      const known = before.pressure[entry.domain] ?? UNKNOWN_PRESSURE;
      return [entry.domain, nextPressure(known, entry, policy, nowMs, stalled && entry.domain === HOST_DOMAIN)];
    }),
  );
  const heat = Object.fromEntries(
    input.heat.map((reading) => [
      reading.device,
      nextHeat(before.heat[reading.device] ?? UNKNOWN_HEAT, reading, policy, nowMs),
    ]),
  );
  const steps = before.steps.filter(({ atMs }) => nowMs - atMs < HOUR_MS);
  return {
    ...before,
    pressure,
    heat,
    steps,
    reversals: withoutOutlived(before.reversals, steps, policy, nowMs),
    latched: latchedNow(before.latched, steps, policy, nowMs),
    trial: before.trial !== null && nowMs < before.trial.judgeAtMs + policy.dwellMs ? before.trial : null,
    noCooler: before.noCooler.filter(({ untilMs }) => nowMs < untilMs),
    failed: before.failed.filter(({ untilMs }) => nowMs < untilMs),
  };
}

/** A step up that has outlived the time in which it would count as reversed clears its model's record. */
function withoutOutlived(
  reversals: GovernorState['reversals'],
  steps: readonly StepTaken[],
  policy: GovernorPolicy,
  nowMs: number,
): GovernorState['reversals'] {
  return Object.fromEntries(
    Object.entries(reversals).filter(([model]) => {
      const last = steps.findLast((step) => step.model === model);
      return last?.direction !== 'up' || nowMs - last.atMs < policy.reversalMs;
    }),
  );
}

/** Latched when it stepped too often in an hour; let go when the hour holds half of that. */
function latchedNow(
  before: GovernorState['latched'],
  steps: readonly StepTaken[],
  policy: GovernorPolicy,
  nowMs: number,
): GovernorState['latched'] {
  const counts = new Map<string, number>();
  for (const { model } of steps) counts.set(model, (counts.get(model) ?? 0) + 1);
  const kept = Object.entries(before).filter(([model]) => (counts.get(model) ?? 0) > policy.stepsPerHour / 2);
  const added = [...counts].flatMap(([model, count]) =>
    count >= policy.stepsPerHour && before[model] === undefined ? [[model, nowMs] as const] : [],
  );
  return Object.fromEntries([...kept, ...added]);
}
