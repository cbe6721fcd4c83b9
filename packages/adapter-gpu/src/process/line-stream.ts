import { spawn } from 'node:child_process';

/** A running program whose lines are being read. */
export interface LineStream {
  stop(): void;
}

/** What the reader of a program is told. */
export interface LineListener {
  readonly onLine: (line: string) => void;
  /** Once, when the program has ended, cannot be started, or was stopped. */
  readonly onEnd: () => void;
}

/** Starts a program and tells its output line by line. Never throws. */
export type StartProgram = (command: readonly string[], listener: LineListener) => LineStream;

/** A line this long is no line of a table; it is dropped. */
const MAX_LINE = 64 * 1024;

/** Starts programs of the machine. */
export const startProgram: StartProgram = ([file = '', ...args], { onLine, onEnd }) => {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  let rest = '';
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    child.stdout.destroy();
    onEnd();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/u);
    rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    for (const line of lines) onLine(line);
  });
  child.on('error', end);
  child.on('exit', end);
  return {
    stop: () => {
      child.kill('SIGKILL');
      end();
    },
  };
};
