import type { TaskMeasurement } from '@plimsoll/domain';
import type { TaskOutcome } from '../tasks/task-summary.js';
import type { Task, TaskCheck } from '../tasks/task.js';
import type { ReadyCell } from './compare-dependencies.js';
import type { TaskDisagreement } from './comparison.js';
import { outcomesOf } from './run-tasks.js';

/**
 * Tasks on which the levels differ: some solved it and others did not, failed at it, or got another score. Those that
 * flipped come first, then those whose scores are furthest apart.
 */
export function taskDisagreements(
  cells: readonly ReadyCell[],
  tasks: readonly Task[],
  records: readonly TaskMeasurement[],
): readonly TaskDisagreement[] {
  const byCell = cells.map((cell) => new Map(outcomesOf(cell, tasks, records).map((one) => [one.id, one] as const)));
  return tasks
    .flatMap(({ id, prompt, check }) => {
      const outcomes = byCell.map((outcomesById) => outcomesById.get(id) ?? null);
      if (new Set(outcomes.map(judgement)).size < 2) return [];
      const answers = cells.map(({ level, kvCache }, index) => {
        const { passed = null, score = null, answer = null, succeeded = false } = outcomes[index] ?? {};
        return { level, kvCache, passed, score, answer, succeeded };
      });
      return [{ id, prompt, expected: expectedAnswer(check), answers }];
    })
    .sort((a, b) => distance(b) - distance(a));
}

const judgement = (outcome: TaskOutcome | null): string =>
  outcome === null ? '' : JSON.stringify([outcome.succeeded, outcome.passed, outcome.score]);

function distance({ answers }: TaskDisagreement): number {
  if (new Set(answers.map(({ passed }) => passed)).size > 1) return Number.MAX_VALUE;
  const scores = answers.flatMap(({ score }) => (score === null ? [] : [score]));
  return scores.length === 0 ? 0 : Math.max(...scores) - Math.min(...scores);
}

function expectedAnswer(check: TaskCheck): string | null {
  switch (check.kind) {
    case 'exact':
      return check.expected;
    case 'pattern':
      return `/${check.pattern}/`;
    case 'schema':
      return 'JSON that satisfies the schema';
    case 'grader':
      return null;
  }
}
