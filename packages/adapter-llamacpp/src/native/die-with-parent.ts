import type koffi from 'koffi';

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/**
 * Makes the system end this process with its parent, whatever either of them is doing. Only Linux can; elsewhere the
 * process ends when it next looks at its messages.
 */
export function dieWithParent(ffi: typeof koffi, parent: number): void {
  if (process.platform !== 'linux') return;
  const prctl = ffi.load(null).func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)') as (
    ...numbers: readonly number[]
  ) => number;
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  // It may have gone in the moment before.
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}
