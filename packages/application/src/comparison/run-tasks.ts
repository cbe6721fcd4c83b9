import { CapabilityMissingError, InvalidInputError, cacheOf, shapeOf } from '@plimsoll/domain';
import type { CallOptions, TaskMeasurement } from '@plimsoll/domain';
import { MAX_ANSWER_TOKENS, runTask } from '../tasks/run-task.js';
import { summarizeTasks } from '../tasks/task-summary.js';
import type { TaskOutcome, TaskSummary } from '../tasks/task-summary.js';
import type { Task } from '../tasks/task.js';
import type { CompareDependencies, ReadyCell } from './compare-dependencies.js';
import type { CompareRequest } from './compare-request.js';
import { isAbout } from './is-about.js';
import type { PacedProgress } from './paced-progress.js';
import { NO_PREDICTION } from './predict-cells.js';
import type { CellPrediction } from './predict-cells.js';
import { loadOf } from './time-cell.js';

/**
 * Looks at the tasks before any work begins.
 * @throws CapabilityMissingError without a grader, InvalidInputError for an id that stands twice
 */
export function checkTasks({ grader }: CompareDependencies, { tasks = [] }: CompareRequest): void {
  if (tasks.length > 0 && grader === undefined) {
    throw new CapabilityMissingError('There are tasks, but nothing that could judge the answers.');
  }
  const seen = new Set<string>();
  for (const { id } of tasks) {
    if (seen.has(id)) throw new InvalidInputError(`Two tasks have the id ${id}.`, { hint: 'Give each its own id.' });
    seen.add(id);
  }
}

/** A task that failed so often fails again; its error stands. */
const MOST_TRIES = 3;

/** So many records one task of one cell may have at most. */
export const MOST_TASK_RECORDS: number = MOST_TRIES;

/** Tasks of cells whose outcome stands: those that were judged, and those that failed too often to be tried again. */
export function settledTasks(records: readonly TaskMeasurement[]): number {
  const groups = new Map<string, TaskMeasurement[]>();
  for (const record of records) {
    const key = JSON.stringify([record.variant, cacheOf(record), record.task.id]);
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()].filter(isSettled).length;
}

const isSettled = (tries: readonly TaskMeasurement[]): boolean =>
  tries.length >= MOST_TRIES || tries.some(({ succeeded }) => succeeded);

/**
 * Gives every cell all tasks, cell after cell, and keeps each outcome at once. What was kept before is not repeated,
 * unless it is an error: a backend or a grader may have recovered.
 */
export async function runTasks(
  dependencies: CompareDependencies,
  { model, tasks = [] }: CompareRequest,
  comparisonId: string,
  cells: readonly ReadyCell[],
  predictions: ReadonlyMap<ReadyCell, CellPrediction>,
  kept: readonly TaskMeasurement[],
  progress: PacedProgress,
  options: CallOptions,
): Promise<readonly TaskMeasurement[]> {
  const { runtime, recorder, grader } = dependencies;
  if (tasks.length === 0 || grader === undefined) return [];
  const outcomes = [...kept];
  for (const cell of cells) {
    const mine = outcomes.filter((record) => isAbout(record, cell));
    const open = tasks.filter(({ id }) => !isSettled(mine.filter(({ task }) => task.id === id)));
    const { architecture, shape } = predictions.get(cell) ?? NO_PREDICTION;
    const usual = shape.contextTokens ?? null;
    const load = loadOf(cell, usual === null ? null : Math.max(usual, roomFor(tasks)));
    const { level, variant, ready } = cell;
    const run = {
      draft: {
        ...{ model, variant, level, comparisonId, architecture, shape: { ...shape, ...shapeOf(load) } },
        digest: ready.digest,
      },
      load,
    };
    for (const task of tasks) {
      if (open.includes(task)) {
        progress.tell('tasks', level);
        outcomes.push(await runTask({ runtime, recorder, grade: grader.grade }, run, task, options));
      }
      progress.advance();
    }
    // Two levels at once may not fit.
    if (open.length > 0 && runtime.capabilities.residency) await runtime.unload(variant, options);
  }
  return outcomes;
}

/** A token has about this many letters at least, in prompts in which symbols and digits are rare. */
const FEWEST_LETTERS_PER_TOKEN = 2;

/** Context for the longest prompt and its answer: tasks are given to models of short contexts too. */
function roomFor(tasks: readonly Task[]): number {
  const letters = Math.max(...tasks.map(({ prompt }) => prompt.length));
  return Math.ceil(letters / FEWEST_LETTERS_PER_TOKEN) + MAX_ANSWER_TOKENS;
}

/** The summaries of all cells, in their order, the reference first; none without tasks. */
export function tasksOfCells(
  cells: readonly ReadyCell[],
  tasks: readonly Task[],
  records: readonly TaskMeasurement[],
): readonly TaskSummary[] {
  if (tasks.length === 0) return [];
  const [reference = [], ...others] = cells.map((cell) => outcomesOf(cell, tasks, records));
  return [summarizeTasks(reference, null), ...others.map((outcomes) => summarizeTasks(outcomes, reference))];
}

/** A cell's outcomes in the order of the tasks; of several tries the one that succeeded. */
export function outcomesOf(
  cell: ReadyCell,
  tasks: readonly Task[],
  records: readonly TaskMeasurement[],
): readonly TaskOutcome[] {
  const mine = records.filter((record) => isAbout(record, cell));
  return tasks.flatMap(({ id }) => {
    const tries = mine.filter(({ task }) => task.id === id);
    const record = tries.find(({ succeeded }) => succeeded) ?? tries.at(-1);
    if (record === undefined) return [];
    const { succeeded, errorCode, errorMessage = null } = record;
    return [{ ...record.task, succeeded, errorCode, errorMessage }];
  });
}
