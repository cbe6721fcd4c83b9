import type { HeatReading, Heat } from './heat.js';
import type { GovernedModel } from './governed-model.js';
import type { LedgerEntry, MemoryDomain, MemoryReading } from './memory-ledger.js';
import type { Pressure } from './pressure.js';
import type { GovernorAction } from './governor-action.js';

/** What the governor looks at each time. */
export interface GovernorInput {
  /** Milliseconds, of the same clock as the readings. */
  readonly nowMs: number;
  /** One per memory that is governed. */
  readonly memory: readonly MemoryReading[];
  readonly heat: readonly HeatReading[];
  readonly models: readonly GovernedModel[];
  /** Cap on what our models hold in each memory; absent is no cap. */
  readonly limitBytes?: Readonly<Record<MemoryDomain, number>> | undefined;
  /** Share of the last ten seconds in which every task on the host waited for memory (PSI `full`); null is unknown. */
  readonly hostStallShare?: number | null | undefined;
  /** Models whose engine ran out of memory since the last look, at load or while it ran. */
  readonly outOfMemory?: readonly string[] | undefined;
}

/** Which rule decided. */
export type GovernorRule =
  | 'out-of-memory'
  | 'hard-pressure'
  | 'usage'
  | 'soft-pressure'
  | 'heat'
  | 'heat-trial'
  | 'recovery';

/** What the ledger is expected to say after a decision. */
export interface GovernorPrediction {
  readonly domain: MemoryDomain | null;
  /** Free bytes of that memory before and after; null when unknown. */
  readonly freeBytesBefore: number | null;
  readonly freeBytesAfter: number | null;
}

/** What was known when a decision was made. */
export interface DecisionInputs {
  readonly memory: readonly LedgerEntry[];
  readonly heat: readonly HeatReading[];
  /** See `GovernorInput`. */
  readonly hostStallShare: number | null;
}

/** One step, with all that led to it. */
export interface GovernorDecision {
  readonly atMs: number;
  readonly rule: GovernorRule;
  readonly direction: 'down' | 'up';
  readonly action: GovernorAction;
  readonly inputs: DecisionInputs;
  readonly prediction: GovernorPrediction;
}

/** Why nothing is done although something could be. */
export type HoldReason =
  | 'settling'
  | 'stale'
  | 'dwell'
  | 'recovering'
  | 'rising'
  | 'latched'
  | 'nothing-left'
  | 'healthy';

/** A step that was taken. */
export interface StepTaken {
  readonly atMs: number;
  readonly model: string;
  readonly direction: 'down' | 'up';
}

/** A step for heat whose effect on the power is still to be seen. */
export interface HeatTrial {
  readonly model: string;
  readonly from: number;
  readonly to: number;
  readonly device: string;
  readonly powerBeforeW: number;
  readonly judgeAtMs: number;
}

/** A point that failed, by memory or by heat, and until when it is not tried again for that. */
export interface FailedPoint {
  readonly model: string;
  readonly rung: number;
  readonly untilMs: number;
}

/** What the governor remembers from look to look. */
export interface GovernorState {
  readonly pressure: Readonly<Record<MemoryDomain, Pressure>>;
  readonly heat: Readonly<Record<string, Heat>>;
  readonly settleUntilMs: number;
  readonly lastStepMs: number | null;
  /** Steps of the last hour, oldest first. */
  readonly steps: readonly StepTaken[];
  /** How often in a row a step up had to be taken back, by model. */
  readonly reversals: Readonly<Record<string, number>>;
  /** When a model's idle cache was last dropped, by model. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Models that stepped too often and stay down, and since when. */
  readonly latched: Readonly<Record<string, number>>;
  readonly trial: HeatTrial | null;
  /** Points whose power turned out to be no lower. */
  readonly noCooler: readonly FailedPoint[];
  /** Points that ran out of memory: nothing of their size is tried. */
  readonly failed: readonly FailedPoint[];
}

/** Before the first look. */
export const INITIAL_GOVERNOR_STATE: GovernorState = {
  pressure: {},
  heat: {},
  settleUntilMs: 0,
  lastStepMs: null,
  steps: [],
  reversals: {},
  dropped: {},
  latched: {},
  trial: null,
  noCooler: [],
  failed: [],
};
