import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/**
 * Runs the program and ends it as soon as the shell's input ends, which it does with the process that holds the other
 * end, in whatever way that one goes. The watcher shares none of the program's output, so that the output ends with it.
 */
const GUARD = `exec 3<&0
"$@" </dev/null 3<&- & child=$!
{ cat <&3; kill -9 $child; } >/dev/null 2>&1 & exec 3<&-
wait $child`;

/** Starts a program that does not outlive this process. On Windows it may, when this process is killed. */
export function spawnGuarded(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
  const options = {
    stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'],
    env: environment,
  };
  return process.platform === 'win32'
    ? spawn(program, args, options)
    : spawn('/bin/sh', ['-c', GUARD, 'llama-server', program, ...args], options);
}

/** Ends a guarded program. */
export function endGuarded(child: ChildProcess): void {
  if (process.platform === 'win32') child.kill('SIGKILL');
  else child.stdin?.destroy();
}
