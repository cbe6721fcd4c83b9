import { EXIT } from './errors/exit-codes.js';
import { StopRequest } from './errors/stop-request.js';
import { runProgram } from './run-program.js';

export { runProgram };

/** How long the process may wait for its own loose ends after the command is done. */
const LINGER_MS = 3000;

/** The program: reads arguments and signals of the process and sets its exit code. */
export async function main(process: NodeJS.Process, version: string): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (by: NodeJS.Signals): void => {
    const stop = new StopRequest(by === 'SIGTERM' ? by : 'SIGINT');
    if (interruption.signal.aborted) process.exit(stop.by === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted);
    interruption.abort(stop);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.exitCode = await runProgram(process.argv.slice(2), {
    get stdin() {
      return process.stdin;
    },
    get terminal() {
      const { stdin: input, stdout: output } = process;
      return input.isTTY && output.isTTY ? { input, output } : null;
    },
    stdout: patient(process.stdout),
    get stderr() {
      return patient(process.stderr);
    },
    env: process.env,
    signal: interruption.signal,
    version,
    nowMs: () => performance.now(),
  });
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** A reader that has seen enough (`| head`) closes the pipe: that is no failure. */
function patient(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (!stream.listeners('error').includes(endOrThrow)) stream.on('error', endOrThrow);
  return stream;
}

function endOrThrow(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.done);
  throw error;
}
