import { spawn } from 'node:child_process';
import { mayStart } from './may-start.js';

/** What a program said before it ended. */
export interface ProgramResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or null when it was killed by a signal. */
  readonly code: number | null;
}

/** Limits of a run. */
export interface RunOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end and returns what it said, or null when it cannot be started, does not end in time, says
 * more than 4 MiB, or the signal aborts. Never throws.
 */
export type RunProgram = (command: readonly string[], options: RunOptions) => Promise<ProgramResult | null>;

const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Runs programs of the machine. */
export const runProgram: RunProgram = async ([file = '', ...args], { timeoutMs, signal }) =>
  new Promise((resolve) => {
    if (signal?.aborted === true || !mayStart(file)) {
      resolve(null);
      return;
    }
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let stdout = '';
    let stderr = '';
    // A program's own children may keep the pipes open after it was killed, so the end is not waited for.
    const finish = (result: ProgramResult | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(result);
    };
    const giveUp = (): void => {
      child.kill('SIGKILL');
      finish(null);
    };
    const timer = setTimeout(giveUp, timeoutMs);
    signal?.addEventListener('abort', giveUp);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.length > MAX_CHARACTERS) giveUp();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < MAX_CHARACTERS) stderr += text;
    });
    child.on('error', () => finish(null));
    child.on('close', (code) => finish({ stdout, stderr, code }));
  });
