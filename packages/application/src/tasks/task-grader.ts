import type { JsonSchema } from '@plimsoll/domain';
import { checkExactAnswer } from './exact-answer.js';
import { parseJsonAnswer } from './json-answer.js';
import type { Task } from './task.js';

/** What a grader says about an answer; null where it does not judge. */
export interface TaskGrade {
  readonly passed: boolean | null;
  /** In the grader's own unit, higher being better. */
  readonly score: number | null;
}

/** Judges the answer to a task. Throws a Plimsoll error when it cannot; that is then an error of this task alone. */
export type TaskGrader = (task: Task, answer: string, signal?: AbortSignal) => Promise<TaskGrade>;

/** Tells whether a value satisfies a schema. @throws InvalidInputError for a schema that is none */
export type ValidateJson = (schema: JsonSchema, value: unknown) => boolean;

/** The grader that knows exact answers, patterns and schemas. It passes or fails; a score it does not give. */
export function checkingGrader(validate: ValidateJson): TaskGrader {
  return async ({ check }, answer) => {
    switch (check.kind) {
      case 'exact':
        return { passed: checkExactAnswer(answer, check.expected), score: null };
      case 'pattern':
        return { passed: new RegExp(check.pattern, 'u').test(answer), score: null };
      case 'schema': {
        const parsed = parseJsonAnswer(answer);
        return { passed: parsed !== null && validate(check.schema, parsed.value), score: null };
      }
      case 'grader':
        return { passed: null, score: null };
    }
  };
}

/** Asks both graders: the first says whether an answer passed, the second which score it gets. */
export function withScores(passing: TaskGrader, scoring: TaskGrader): TaskGrader {
  return async (task, answer, signal) => {
    const { passed } = await passing(task, answer, signal);
    const scored = await scoring(task, answer, signal);
    return { passed: passed ?? scored.passed, score: scored.score };
  };
}
