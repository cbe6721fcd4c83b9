import { bootstrapInterval, mcNemar, pairedPermutationP, seededRandom } from '@plimsoll/domain';
import type { TaskResult } from '@plimsoll/domain';
import { wilsonInterval } from './wilson-interval.js';

/** A mean or a rate with its 95 % interval. */
export interface TaskEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How one level did on the tasks. */
export interface TaskSummary {
  /** Tasks that were run. */
  readonly total: number;
  readonly passed: number;
  /** Judged, and wrong. */
  readonly failed: number;
  /** Neither answered nor judged, because something failed. */
  readonly errors: number;
  /** Which these were, and why; absent where there were none. */
  readonly failures?: readonly TaskFailure[];
  /** Share of the judged tasks that passed, with Wilson's interval; null when none was judged. */
  readonly passRate: TaskEstimate | null;
  /** Mean score of the user's grader, with a bootstrap interval; null without one. */
  readonly meanScore: TaskEstimate | null;
  /** The same tasks at the reference level; null for the reference itself. */
  readonly againstReference: TaskComparison | null;
}

/** A task that ended in an error. */
export interface TaskFailure {
  readonly id: string;
  /** Code of the error and what it said; null when it is not known. */
  readonly errorCode: string | null;
  readonly message: string | null;
}

/** A level and the reference on the tasks that both were judged on. */
export interface TaskComparison {
  /** Ids of tasks that only the reference solved, and that only this level did. */
  readonly lost: readonly string[];
  readonly gained: readonly string[];
  /** McNemar's test: probability of so uneven a split if both were equally good; null when nothing was judged. */
  readonly pValue: number | null;
  /** Sign-flip test of the scores' differences; null without scores. */
  readonly scorePValue: number | null;
}

/** The outcome of one task as it was recorded. */
export interface TaskOutcome extends TaskResult {
  readonly succeeded: boolean;
  readonly errorCode?: string | null;
  readonly errorMessage?: string | null;
}

/** Sums up a level's outcomes; `reference` are those of the reference level, or null when this is the reference. */
export function summarizeTasks(
  outcomes: readonly TaskOutcome[],
  reference: readonly TaskOutcome[] | null,
): TaskSummary {
  const judged = outcomes.filter(({ passed }) => passed !== null);
  const passed = judged.filter((outcome) => outcome.passed === true).length;
  const failures = outcomes
    .filter(({ succeeded }) => !succeeded)
    .map(({ id, errorCode = null, errorMessage = null }) => ({ id, errorCode, message: errorMessage }));
  const rate = wilsonInterval(passed, judged.length);
  const scores = outcomes.flatMap(({ score }) => (score === null ? [] : [score]));
  const spread = bootstrapInterval([scores], ([group]) => mean(group ?? []), { random: seededRandom(1) });
  return {
    total: outcomes.length,
    passed,
    failed: judged.length - passed,
    errors: failures.length,
    ...(failures.length === 0 ? {} : { failures }),
    passRate: rate === null ? null : { value: passed / judged.length, low: rate.low, high: rate.high },
    meanScore: spread === null ? null : { value: mean(scores), low: spread.low, high: spread.high },
    againstReference: reference === null ? null : compareTasks(outcomes, reference),
  };
}

function compareTasks(outcomes: readonly TaskOutcome[], reference: readonly TaskOutcome[]): TaskComparison {
  const byId = new Map(reference.map((outcome) => [outcome.id, outcome]));
  const pairs = outcomes.flatMap((outcome) => {
    const other = byId.get(outcome.id);
    return other === undefined ? [] : [{ id: outcome.id, mine: outcome, theirs: other }];
  });
  const judged = pairs.filter(({ mine, theirs }) => mine.passed !== null && theirs.passed !== null);
  const flipped = judged.filter(({ mine, theirs }) => mine.passed !== theirs.passed);
  const differences = pairs.flatMap(({ mine, theirs }) =>
    mine.score === null || theirs.score === null ? [] : [mine.score - theirs.score],
  );
  const test = mcNemar(
    judged.map(({ theirs }) => theirs.passed === true),
    judged.map(({ mine }) => mine.passed === true),
  );
  return {
    lost: flipped.filter(({ theirs }) => theirs.passed === true).map(({ id }) => id),
    gained: flipped.filter(({ mine }) => mine.passed === true).map(({ id }) => id),
    pValue: judged.length === 0 ? null : test.pValue,
    scorePValue: pairedPermutationP(differences, seededRandom(1)),
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
