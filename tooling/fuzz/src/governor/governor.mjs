import {
  DEFAULT_GOVERNOR_POLICY,
  INITIAL_GOVERNOR_STATE,
  admit,
  decide,
  ledgerEntry,
  reservationsOf,
} from '@plimsoll/domain';
import fc from 'fast-check';
import { Machine, traces } from './machine.mjs';
import { PROMISES } from './promises.mjs';

const WAY_OUT = 'every latch has a way out';
/** The names of all promises. */
export const PROMISE_NAMES = [...Object.keys(PROMISES), WAY_OUT];

const policy = DEFAULT_GOVERNOR_POLICY;
const QUIET = {
  ...{ stepMs: 300_000, foreign: [0, 0, 0], moves: true, probe: 'fresh', throttling: false, marginC: 30 },
  ...{ powerW: 50, stall: 0, active: [0, 0, 0], runsOut: false },
};
/** Longer than any wait: the longest healthy time, after the last hour's steps are forgotten. */
const QUIET_LOOKS = 48;

class BrokenPromise extends Error {
  constructor(promise, problem) {
    super(`${promise}: ${problem}`);
    this.promise = promise;
  }
}

/**
 * Random machines under random weather; every promise is looked after in every run. The same seed makes the same runs.
 * `tested` counts how often each promise was put to the test.
 */
export function tryGovernor({ runs, seed }) {
  const tested = Object.fromEntries(PROMISE_NAMES.map((name) => [name, 0]));
  const count = (name) => (tested[name] += 1);
  const result = fc.check(
    fc.property(traces, (trace) => live(trace, count)),
    { numRuns: runs, seed, endOnFailure: false },
  );
  const error = result.errorInstance;
  const failures = result.failed
    ? [
        {
          promise: error?.promise ?? null,
          problem: String(error),
          path: result.counterexamplePath,
          trace: JSON.stringify(result.counterexample),
        },
      ]
    : [];
  return {
    runs: result.numRuns,
    tested,
    failures,
    passed: !result.failed && Object.values(tested).every((n) => n > 0),
  };
}

function live(trace, count) {
  const machine = new Machine(trace);
  const watching = Object.entries(PROMISES).map(([name, watch]) => ({ name, keeps: watch() }));
  let state = INITIAL_GOVERNOR_STATE;
  const look = (event) => {
    const input = machine.input(event);
    const reservations = reservationsOf(input.models);
    const ledger = input.memory.map((one) => ledgerEntry(one, reservations, input.limitBytes?.[one.domain] ?? null));
    const before = state;
    const { decision, hold, state: after } = decide(policy, before, input);
    state = after;
    const admissions =
      decision === null
        ? machine.wanted(event).flatMap((model) => {
            const admission = admit(policy, input, model, state.failed);
            return admission === null ? [] : [{ model, admission }];
          })
        : [];
    for (const { name, keeps } of watching) {
      const kept = keeps({ policy, before, input, ledger, decision, hold, admissions });
      if (kept === true) count(name);
      else if (kept !== null) throw new BrokenPromise(name, kept);
    }
    if (decision !== null) machine.perform(decision.action);
    // One at a time, as the pool does: the next is planned with what this one took.
    for (const { model, admission } of admissions.slice(0, 1)) {
      for (const name of admission.unload) machine.unload(name);
      machine.load(model.name, admission.rung);
    }
  };
  for (const event of trace.events) look(event);
  for (let quiet = 0; quiet < QUIET_LOOKS; quiet += 1) look(QUIET);
  const stuck = stuckIn(state, machine);
  if (stuck !== null) throw new BrokenPromise(WAY_OUT, stuck);
  count(WAY_OUT);
}

/** What is still held back after hours in which nothing was wrong; null when nothing is. */
function stuckIn(state, { models, limitBytes }) {
  const kept = ['latched', 'failed', 'noCooler'].find((name) => Object.keys(state[name]).length > 0);
  if (kept !== undefined) return `${kept} is still held`;
  if (state.trial !== null) return 'a trial for heat goes on';
  const limited = models.find(({ loaded, concurrencyLimit }) => loaded && concurrencyLimit !== null);
  if (limited !== undefined) return `${limited.name} answers only ${limited.concurrencyLimit} at once`;
  const [alone, ...others] = models.filter(({ loaded }) => loaded);
  if (alone === undefined || others.length > 0 || alone.pin === 'point' || limitBytes !== undefined) return null;
  const [best] = alone.ladder;
  const small = Object.values(best.bytes).every((bytes) => bytes < 2 * 1024 ** 3);
  return small && alone.rung !== 0 ? `${alone.name} stays at ${alone.rung} although its best point is small` : null;
}
