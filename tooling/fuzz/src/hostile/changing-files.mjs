import { appendFileSync, copyFileSync, existsSync, rmSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleModelPath } from '@plimsoll/sample-model';
import { childrenOf } from './processes.mjs';
import { createUser, run, start } from './program.mjs';
import { createTally, faultsOf } from './verdict.mjs';

const CHANGES = [
  ['shrinks to a half', (file) => truncateSync(file, 5_800_000)],
  ['shrinks to nothing', (file) => truncateSync(file, 0)],
  ['grows', (file) => appendFileSync(file, Buffer.alloc(1_000_000))],
  ['is deleted', (file) => rmSync(file)],
  ['becomes another', (file) => (rmSync(file), copyFileSync('/etc/hostname', file))],
];

const COMMANDS = [
  ['run', (file) => ['run', file, 'Once upon a time', '--max-tokens', '2000', '--level', 'F16']],
  ['quantize', (file, out) => ['quantize', file, '--to', 'Q4_0', '--imatrix', 'none', '--out', out]],
];

/** Shares of an undisturbed run after which the file is changed: while it is read, and while it is mapped. */
const MOMENTS = [0.1, 0.3, 0.5, 0.7, 0.9];

/**
 * A model file that is changed under the commands that read it. The engine maps it, so it may die of that: in a process
 * of its own, of which the program says that it died. Nothing goes on alone, and nothing half made is left.
 */
export async function tryChangingFiles({ every = 1 } = {}) {
  const tally = createTally('changing files');
  let turn = 0;
  for (const [command, args] of COMMANDS) {
    const user = createUser();
    try {
      const [file, out] = [user.path('model.gguf'), user.path('out.gguf')];
      copyFileSync(sampleModelPath(), file);
      const whole = await run(user, args(file, out));
      tally.add(`${command}, undisturbed`, whole, faultsOf(whole, { codes: [0], boundMiB: 700 }));
      for (const [name, change] of CHANGES) {
        for (const moment of MOMENTS) {
          turn += 1;
          if (turn % every !== 0) continue;
          rmSync(out, { force: true });
          copyFileSync(sampleModelPath(), file);
          const { child, ended } = start(user, args(file, out));
          await sleep(moment * whole.ms);
          const engines = childrenOf(child.pid);
          change(file);
          const result = await ended;
          const faults = faultsOf(result, { codes: [0, 1], boundMiB: 700 });
          if (result.code !== 0 && existsSync(out)) faults.push('left half a result');
          if (engines.flatMap(childrenOf).length > 0) faults.push('an engine goes on alone');
          tally.add(`${command}, a file that ${name} after ${moment}`, result, faults);
        }
      }
    } finally {
      user.remove();
    }
  }
  return tally;
}
