import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeLlama31 } from '../header/llama-3-1-8b.mjs';

const VERSION_BOUND = 1.5;
const PLAN_BOUND = 3;

/**
 * Starts short commands of the built program, and bare `node -e 0`, in turns, each in a process of its own. The plans
 * are of a generated Llama-3.1-8B file with 128,256 tokens, for a user without a configuration. Each command's best
 * round counts: other programs on the machine only ever add to a time.
 * Options: `rounds` (default 15).
 */
export async function bench({ rounds = 15 } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-bench-startup-'));
  try {
    const model = path.join(folder, 'llama-3.1-8b.gguf');
    await writeLlama31(model);
    const package_ = createRequire(import.meta.url).resolve('plimsoll/package.json');
    const bin = path.join(path.dirname(package_), 'bin', 'plimsoll.js');
    const commands = {
      bare: ['-e', '0'],
      version: [bin, '--version'],
      plan: [bin, 'plan', model],
      planForCard: [bin, 'plan', model, '--vram', '8GB'],
    };
    const times = race(commands, rounds, environmentIn(folder));
    const row = (name, command, bound) => {
      const [ours, peer] = [Math.min(...times[command]), Math.min(...times.bare)];
      const ratio = ours / peer;
      return {
        name,
        ratio,
        ours,
        peer,
        unit: 'ms',
        peerName: 'node -e 0',
        bound: `≤ ${bound}`,
        passed: ratio <= bound,
      };
    };
    return [
      row('plimsoll --version', 'version', VERSION_BOUND),
      row('plimsoll plan of a 128k vocabulary, machine probed', 'plan', PLAN_BOUND),
      row('plimsoll plan of a 128k vocabulary, --vram 8GB', 'planForCard', PLAN_BOUND),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Milliseconds of every start. A command that fails would be fast for the wrong reason. */
function race(commands, rounds, env) {
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const startedAtMs = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
      times[name].push(performance.now() - startedAtMs);
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
    }
  }
  return times;
}

/** A user whose folders are empty, so that no configuration or store of this machine counts. */
function environmentIn(folder) {
  const { PATH = '', SystemRoot = '' } = process.env;
  const folders = ['HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'APPDATA', 'LOCALAPPDATA'];
  return { PATH, SystemRoot, ...Object.fromEntries(folders.map((name) => [name, folder])) };
}
