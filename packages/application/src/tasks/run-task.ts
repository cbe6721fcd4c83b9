import { BackendFailedError, CancelledError } from '@plimsoll/domain';
import type { CallOptions, LoadOptions, ModelRuntime, TaskMeasurement } from '@plimsoll/domain';
import type { MeasurementDraft } from '../statistics/measurement-recorder.js';
import type { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import { failureOf } from '../statistics/failure-of.js';
import type { TaskGrader } from './task-grader.js';
import type { Task } from './task.js';

/** What running a task needs. */
export interface RunTaskDependencies {
  readonly runtime: ModelRuntime;
  readonly recorder: MeasurementRecorder;
  readonly grade: TaskGrader;
}

/** Which variant answers, and how its record begins. */
export interface TaskRun {
  readonly draft: Omit<MeasurementDraft<'task'>, 'kind' | 'succeeded' | 'task'>;
  readonly load: LoadOptions;
}

/** Long enough for every answer of the suites; an answer that is longer was not to the point. */
export const MAX_ANSWER_TOKENS: number = 256;

/** So much of each answer is kept, to see afterwards what levels said: more than nearly every answer has. */
export const MOST_KEPT_CHARACTERS: number = 2000;

/** Failures that would meet every further task too, so that going on is of no use. */
const FATAL: readonly string[] = ['cancelled', 'backend-unreachable', 'model-not-found', 'out-of-memory'];

/**
 * Has a variant answer one task at temperature 0, grades the answer and keeps the outcome with the answer. A failure is kept as an
 * error of this task; only one that would meet all the others too is thrown.
 */
export async function runTask(
  { runtime, recorder, grade }: RunTaskDependencies,
  { draft, load }: TaskRun,
  task: Task,
  options: CallOptions = {},
): Promise<TaskMeasurement> {
  let answer: string | null = null;
  try {
    const given = await answerTo(runtime, draft.variant, load, task, options);
    answer = bounded(given);
    const { passed, score } = await grade(task, given, options.signal);
    return await recorder.record(
      { ...draft, kind: 'task', succeeded: true, task: { id: task.id, passed, score, answer } },
      options,
    );
  } catch (error) {
    // An interruption may end the engine's process first; that is no outcome of the task.
    if (isAborted(options)) throw new CancelledError('The task was interrupted.', { cause: error });
    const failure = failureOf(error);
    const errorCode = failure.errorCode ?? 'backend-failed';
    // Storage that fails would fail again right now, with the record of the failure.
    if (FATAL.includes(errorCode) || errorCode === 'storage-failed') throw error;
    const unknown = { id: task.id, passed: null, score: null, answer };
    return recorder.record({ ...draft, kind: 'task', succeeded: false, ...failure, task: unknown }, options);
  }
}

/** An answer as it is kept: cut, without half a letter at its end, and marked where it was longer. */
function bounded(answer: string): string {
  if (answer.length <= MOST_KEPT_CHARACTERS) return answer;
  return `${answer.slice(0, MOST_KEPT_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}

/** The domain's signal is opaque; what stands behind it is the platform's. */
const isAborted = ({ signal }: CallOptions): boolean =>
  (signal as { readonly aborted?: boolean } | undefined)?.aborted === true;

async function answerTo(
  runtime: ModelRuntime,
  model: string,
  load: LoadOptions,
  { prompt }: Task,
  options: CallOptions,
): Promise<string> {
  const events = runtime.generate(
    // No format is forced: whether the model keeps to it by itself is what is measured.
    {
      model,
      input: { kind: 'prompt', prompt },
      temperature: 0,
      seed: 1,
      maxTokens: MAX_ANSWER_TOKENS,
      think: false,
      load,
    },
    options,
  );
  let answer = '';
  for await (const event of events) {
    if (event.type === 'done') return answer;
    if (event.type === 'text' && event.thinking !== true) answer += event.text;
  }
  throw new BackendFailedError('The backend ended its answer without saying so.');
}
