import {
  EXACT_ANSWER_TASKS,
  SCHEMA_TASKS,
  checkingGrader,
  withScores,
  type CompareDependencies,
  type Task,
  type TaskGrader,
} from '@plimsoll/application';
import { commandGrader, createJsonValidator } from '@plimsoll/composition';
import { InvalidInputError, isPlimsollError } from '@plimsoll/domain';
import type { CommandContext } from '../command-context.js';
import type { CompareFlags } from './compare.flags.js';
import { readPrompts } from './compare.prompts.js';

/** What flags ask for beside speed. */
export interface CompareTasks {
  /** Absent without tasks, so that comparisons without them stay the same ones. */
  readonly tasks: readonly Task[] | undefined;
  readonly grader: CompareDependencies['grader'];
  /** Prompts whose answers by the reference level are the text that quality is measured on; null for another text. */
  readonly prompts: readonly string[] | null;
}

/**
 * Reads tasks and prompts before any long work begins. The user's prompts are tasks where they have a known answer,
 * and all of them where a grader is given; otherwise they make the text that quality is measured on.
 * @throws InvalidInputError for flags that do not go together, and for prompts that cannot be read
 */
export async function compareTasks(context: CommandContext, flags: CompareFlags): Promise<CompareTasks> {
  const own = flags.prompts === undefined ? { tasks: [], texts: [] } : await readPrompts(flags.prompts);
  const graded = flags.grader !== undefined;
  if (graded && flags.tasks !== true && flags.prompts === undefined) {
    throw new InvalidInputError('--grader has nothing to grade.', {
      hint: 'Give prompts too: --tasks, --prompts FILE.',
    });
  }
  if (!graded && own.texts.length > 0) {
    const other = flags.text === undefined ? (flags.quality ? null : '--no-quality') : `--text ${flags.text}`;
    if (other !== null) {
      throw new InvalidInputError(
        `${flags.prompts ?? ''} has prompts without an expected answer: quality would be measured on the answers to them, but there is ${other} too.`,
        { hint: 'Leave one of the two away, give each prompt an "expected", or judge the answers with --grader.' },
      );
    }
  }
  const tasks: readonly Task[] = [
    ...(flags.tasks === true ? [...EXACT_ANSWER_TASKS, ...SCHEMA_TASKS] : []),
    ...own.tasks,
    ...(graded ? own.texts.map(({ id, prompt }): Task => ({ id, prompt, check: { kind: 'grader' } })) : []),
  ];
  const prompts = graded || own.texts.length === 0 ? null : own.texts.map(({ prompt }) => prompt);
  if (tasks.length === 0) return { tasks: undefined, grader: undefined, prompts };
  return { tasks, grader: await graderFor(context, flags, tasks), prompts };
}

async function graderFor(
  context: CommandContext,
  { grader }: CompareFlags,
  tasks: readonly Task[],
): Promise<NonNullable<CompareDependencies['grader']>> {
  const validate = await createJsonValidator();
  // Finds a schema that is none now, not after an hour.
  for (const { check } of tasks) if (check.kind === 'schema') validate(check.schema, null);
  const checking = checkingGrader(validate);
  if (grader === undefined) return { name: 'checks', grade: checking };
  const scoring = telling(context, commandGrader(grader, { env: context.env }));
  return { name: `checks, ${grader}`, grade: withScores(checking, scoring) };
}

/** What goes wrong with the same grader mostly goes wrong in the same way. */
const MOST_REMARKS = 3;

/** Tells a grader's first errors as they happen; in the result they are only counted. */
function telling({ output }: CommandContext, grade: TaskGrader): TaskGrader {
  let remarks = 0;
  return async (task, answer, signal) => {
    try {
      return await grade(task, answer, signal);
    } catch (error) {
      if (isPlimsollError(error) && error.code !== 'cancelled' && ++remarks <= MOST_REMARKS) {
        output.warn(`task ${task.id}: ${error.message}`);
      }
      throw error;
    }
  };
}
