import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../../test/scratch-folder.js';
import { withFileLock } from './file-lock.js';

it.skipIf(process.platform !== 'linux')(
  'takes over the lock of a process that ended and was not waited for',
  async () => {
    // The shell's child ends; the program that replaces the shell never asks how it went.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60']);
    onTestFinished(() => void parent.kill());
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    const path = join(scratchFolder(), 'config.json');
    await writeFile(`${path}.lock`, `${pid.toString().trim()} ${hostname()}`);
    expect(await withFileLock(path, async () => 'done')).toBe('done');
  },
);
