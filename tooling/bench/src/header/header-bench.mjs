import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gguf } from '@huggingface/gguf';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { readGgufFileInfo } from 'node-llama-cpp';
import { writeLlama31 } from './llama-3-1-8b.mjs';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const MIN_SPEEDUP = 20;
const MAX_MEMORY_RATIO = 2;

/**
 * Reads the header of a generated Llama-3.1-8B (128,256 tokens, 280,147 merges) with our reader and with the two
 * that the field uses, in turns in the same process, and measures our reader's peak memory in a process of its own.
 * Each reader's best round counts: other programs on the machine only ever add to a time.
 * Options: `rounds` (default 7).
 */
export async function bench({ rounds = 7 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-header-'));
  const path = join(folder, 'llama-3.1-8b.gguf');
  try {
    await writeLlama31(path);
    const inspector = new FileModelInspector();
    const readers = {
      ours: async () => (await inspector.inspect({ kind: 'file', path })).header.tensors.length,
      '@huggingface/gguf': async () => (await gguf(path, { allowLocalFile: true })).tensorInfos.length,
      'node-llama-cpp': async () => (await readGgufFileInfo(path, { logWarnings: false })).fullTensorInfo.length,
    };
    const times = await race(readers, rounds);
    const ours = Math.min(...times.ours);
    const speed = Object.keys(readers)
      .filter((name) => name !== 'ours')
      .map((peerName) => {
        const peer = Math.min(...times[peerName]);
        const ratio = peer / ours;
        return {
          name: 'header reading, times faster',
          ratio,
          ours,
          peer,
          unit: 'ms',
          peerName,
          bound: `≥ ${MIN_SPEEDUP}`,
          passed: ratio >= MIN_SPEEDUP,
        };
      });
    return [...speed, await peakMemory(path)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each reader once per round, so that a busy moment of the machine strikes all alike. The first round warms up. */
async function race(readers, rounds) {
  const times = Object.fromEntries(Object.keys(readers).map((name) => [name, []]));
  const counts = new Set();
  for (let round = 0; round <= rounds; round++) {
    for (const [name, read] of Object.entries(readers)) {
      // No reader pays for what the one before left behind.
      collectGarbage();
      const started = performance.now();
      counts.add(await read());
      if (round > 0) times[name].push(performance.now() - started);
    }
  }
  if (counts.size !== 1) throw new Error(`the readers disagree on the number of tensors: ${[...counts].join(', ')}`);
  return times;
}

async function peakMemory(path) {
  const script = fileURLToPath(new URL('./measure-peak.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, path]);
  const { headerBytes, peakBytes } = JSON.parse(stdout);
  const ratio = peakBytes / headerBytes;
  return {
    name: "peak memory, times the header's size",
    ratio,
    ours: peakBytes,
    peer: headerBytes,
    unit: 'bytes',
    peerName: 'header',
    bound: `≤ ${MAX_MEMORY_RATIO}`,
    passed: ratio <= MAX_MEMORY_RATIO,
  };
}
