import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { writeLargeModel } from './large-model.mjs';
import { requirePeer } from './peer.mjs';

/**
 * Quantizing a generated model of some hundred megabytes with the same threads. Ours and llama-quantize take
 * turns, and the best of each counts. Ours includes starting its process, the dry run and the final fsync.
 */
export async function bench({ rounds = 3, levels = ['Q8_0', 'Q4_K_M'], layers = 12 } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-bench-'));
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  const threads = availableParallelism();
  try {
    const source = path.join(folder, 'source.gguf');
    await writeLargeModel(source, layers);
    const megabytes = (await stat(source)).size / 1e6;
    const rows = [];
    for (const level of levels) {
      let ours = Infinity;
      let peer = Infinity;
      for (let round = 0; round < rounds; round++) {
        const target = path.join(folder, 'ours.gguf');
        ours = Math.min(ours, await timed(() => builder.build({ source, target, level, threads })));
        const args = [source, path.join(folder, 'peer.gguf'), level, String(threads)];
        peer = Math.min(
          peer,
          await timed(() => execFileSync(requirePeer('llama-quantize'), args, { stdio: 'ignore' })),
        );
      }
      rows.push({
        name: `quantizing ${megabytes.toFixed(0)} MB to ${level}`,
        ratio: peer / ours,
        ours,
        peer,
        unit: 'ms',
        peerName: 'llama-quantize',
        bound: 1,
        passed: peer / ours >= 1,
      });
    }
    return rows;
  } finally {
    await builder.close();
    await rm(folder, { recursive: true });
  }
}

async function timed(work) {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
