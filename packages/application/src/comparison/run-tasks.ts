import { CapabilityMissingError, InvalidInputError } from '@plimsoll/domain';
import type { CallOptions, Measurement } from '@plimsoll/domain';
import { runTask } from '../tasks/run-task.js';
import { summarizeTasks } from '../tasks/task-summary.js';
import type { TaskOutcome, TaskSummary } from '../tasks/task-summary.js';
import type { Task } from '../tasks/task.js';
import type { CompareDependencies, ReadyCell } from './compare-dependencies.js';
import type { CompareRequest } from './compare-request.js';
import { isAbout } from './is-about.js';
import type { PacedProgress } from './paced-progress.js';
import { NO_PREDICTION } from './predict-cells.js';
import type { CellPrediction } from './predict-cells.js';

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

/**
 * Gives every cell all tasks, cell after cell, and keeps each outcome at once. What was kept before is not repeated.
 */
export async function runTasks(
  dependencies: CompareDependencies,
  { model, tasks = [] }: CompareRequest,
  comparisonId: string,
  cells: readonly ReadyCell[],
  predictions: ReadonlyMap<ReadyCell, CellPrediction>,
  kept: readonly Measurement[],
  progress: PacedProgress,
  options: CallOptions,
): Promise<readonly Measurement[]> {
  const { runtime, recorder, grader } = dependencies;
  if (tasks.length === 0 || grader === undefined) return [];
  const outcomes = kept.filter(({ kind }) => kind === 'task');
  for (const cell of cells) {
    const done = new Set(outcomes.filter((record) => isAbout(record, cell)).map(({ task }) => task?.id));
    const { architecture, gpuLayers, contextTokens } = predictions.get(cell) ?? NO_PREDICTION;
    const { level, kvCache, variant, ready } = cell;
    const run = {
      draft: {
        ...{ model, variant, level, kvCache, comparisonId, architecture, gpuLayers, contextTokens },
        digest: ready.digest,
      },
      load: { kvCacheType: kvCache, contextTokens: contextTokens ?? undefined },
    };
    for (const task of tasks) {
      if (!done.has(task.id)) {
        progress.tell('tasks', level);
        outcomes.push(await runTask({ runtime, recorder, grade: grader.grade }, run, task, options));
      }
      progress.advance();
    }
    // Two levels at once may not fit.
    if (done.size < tasks.length && runtime.capabilities.residency) await runtime.unload(variant, options);
  }
  return outcomes;
}

/** The summaries of all cells, in their order, the reference first; none without tasks. */
export function tasksOfCells(
  cells: readonly ReadyCell[],
  tasks: readonly Task[],
  records: readonly Measurement[],
): readonly TaskSummary[] {
  if (tasks.length === 0) return [];
  const [reference = [], ...others] = cells.map((cell) => outcomesOf(cell, tasks, records));
  return [summarizeTasks(reference, null), ...others.map((outcomes) => summarizeTasks(outcomes, reference))];
}

function outcomesOf(cell: ReadyCell, tasks: readonly Task[], records: readonly Measurement[]): readonly TaskOutcome[] {
  const mine = records.filter((record) => isAbout(record, cell));
  return tasks.flatMap(({ id }) => {
    const record = mine.find(({ task }) => task?.id === id);
    return record?.task == null ? [] : [{ ...record.task, succeeded: record.succeeded }];
  });
}
