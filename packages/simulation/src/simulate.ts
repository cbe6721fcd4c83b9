import type { GovernorDecision } from '@plimsoll/domain';
import type { SimulatedPolicy } from './simulated-policy.js';
import type { Trace } from './trace.js';
import { World } from './world.js';
import { heldBy, rungOf } from './world-model.js';

/** The device at a moment of a run. */
export interface Sample {
  readonly atMs: number;
  readonly foreignBytes: number;
  /** Held by each model, in the order of the trace. */
  readonly modelBytes: readonly number[];
}

/** What a run counts for. Lower is better throughout, but for `answered`. */
export interface Score {
  readonly answered: number;
  readonly late: number;
  readonly lost: number;
  readonly switches: number;
  /** How often a model was loaded, switches included. */
  readonly loads: number;
  /** Seconds in which the device was overcommitted. */
  readonly overLineSeconds: number;
  /** Seconds in which heat slowed the device down. */
  readonly slowedSeconds: number;
  /** Seconds in which less than 5 % of it was free. */
  readonly hardBandSeconds: number;
  /** Mean KL divergence over the tokens that were answered; null when none was. */
  readonly meanLoss: number | null;
}

/** A run of a trace under a policy. */
export interface Simulation {
  readonly trace: Trace;
  readonly policy: string;
  readonly score: Score;
  readonly decisions: readonly GovernorDecision[];
  /** One a second. */
  readonly samples: readonly Sample[];
  /** The level that each model ended at, in the order of the trace. */
  readonly finalRungs: readonly number[];
}

const STEP_MS = 250;
const LOOK_MS = 1000;

/** Replays a trace under a policy. The same trace and policy give the same run. */
export function simulate(trace: Trace, policy: SimulatedPolicy): Simulation {
  const world = new World(trace, policy);
  const decisions: GovernorDecision[] = [];
  const samples: Sample[] = [];
  let next = 0;
  while (world.nowMs < trace.durationMs) {
    for (let event = trace.events[next]; event !== undefined && event.atMs <= world.nowMs; event = trace.events[next]) {
      world.apply(event);
      next += 1;
    }
    world.step(STEP_MS);
    if (world.nowMs % LOOK_MS !== 0) continue;
    const { action, decision } = policy.look(world.view());
    world.act(action);
    if (decision !== null) decisions.push(decision);
    const modelBytes = world.models.map((model) => heldBy(model)['device'] ?? 0);
    samples.push({ atMs: world.nowMs, foreignBytes: world.deviceForeignBytes, modelBytes });
  }
  const tally = world.end();
  return {
    trace,
    policy: policy.name,
    score: {
      answered: tally.answered,
      late: tally.late,
      lost: tally.lost,
      switches: tally.switches,
      loads: tally.loads,
      overLineSeconds: tally.overLineMs / 1000,
      slowedSeconds: tally.slowedMs / 1000,
      hardBandSeconds: tally.hardBandMs / 1000,
      meanLoss: tally.tokens === 0 ? null : tally.lossTokens / tally.tokens,
    },
    decisions,
    samples,
    finalRungs: world.models.map((model) => model.facts.ladder.indexOf(rungOf(model))),
  };
}
