import { spawn, type ChildProcess } from 'node:child_process';
import type { Task, TaskGrader } from '@plimsoll/application';
import { BackendFailedError, CancelledError, TimeoutError, throwIfCancelled } from '@plimsoll/domain';

/** How a grading command is run. */
export interface CommandGraderOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** After so long it is ended; a minute when absent. */
  readonly timeoutMs?: number | undefined;
}

/** A score is one number; whoever writes more is not read further. */
const MOST_OUTPUT_CHARACTERS = 64 * 1024;

/**
 * Grades with a command of the user's own: it reads the answer on stdin and the task as JSON in `PLIMSOLL_TASK`, and
 * prints one number. The command is the user's and goes to the shell as it is written; what a model said never
 * becomes a part of it. An exit code other than 0, other output than a number, and a time-out are errors.
 */
export function commandGrader(command: string, { env, timeoutMs = 60_000 }: CommandGraderOptions): TaskGrader {
  return async (task, answer, signal) => {
    const variables = { ...env, PLIMSOLL_TASK: JSON.stringify(describeTask(task)) };
    const output = await outputOf(command, variables, answer, timeoutMs, signal);
    const score = output.trim() === '' ? Number.NaN : Number(output);
    if (Number.isFinite(score)) return { passed: null, score };
    throw new BackendFailedError(
      `The grader printed ${output.trim() === '' ? 'nothing' : `"${output.trim().slice(0, 80)}"`}, but must print one number.`,
    );
  };
}

/** The task as graders see it; the fields are those of a line of `--prompts`. */
function describeTask({ id, prompt, check }: Task): Readonly<Record<string, unknown>> {
  switch (check.kind) {
    case 'exact':
      return { id, prompt, expected: check.expected };
    case 'pattern':
      return { id, prompt, pattern: check.pattern };
    case 'schema':
      return { id, prompt, schema: check.schema };
    case 'grader':
      return { id, prompt };
  }
}

async function outputOf(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
  input: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  throwIfCancelled(signal, 'The grading was cancelled.');
  return new Promise((resolve, reject) => {
    // A group of its own, so that what the shell has started ends with it.
    const child = spawn(command, { shell: true, env, detached: process.platform !== 'win32', windowsHide: true });
    let [stdout, stderr] = ['', ''];
    const settle = (done: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      done();
    };
    const fail = (error: Error): void => {
      endGroup(child);
      settle(() => reject(error));
    };
    const abort = (): void => fail(new CancelledError('The grading was cancelled.'));
    const timer = setTimeout(
      () => fail(new TimeoutError(`The grader did not end within ${Math.round(timeoutMs / 1000)} s.`)),
      timeoutMs,
    );
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.length > MOST_OUTPUT_CHARACTERS) fail(new BackendFailedError('The grader printed far too much.'));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, MOST_OUTPUT_CHARACTERS);
    });
    child.on('error', (cause) => {
      fail(new BackendFailedError(`The grader could not be started: ${cause.message}`, { cause }));
    });
    child.on('close', (code, endedBy) => {
      const said = stderr.trim().split('\n').at(-1) ?? '';
      const how = code === null ? `was ended by ${endedBy ?? 'something'}` : `ended with exit code ${code}`;
      settle(() => {
        if (code === 0) resolve(stdout);
        else reject(new BackendFailedError(`The grader ${how}${said === '' ? '' : `: ${said.slice(0, 200)}`}.`));
      });
    });
    // A grader need not read the answer.
    child.stdin.on('error', () => undefined).end(input);
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
