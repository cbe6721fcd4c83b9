import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { shippedPeer } from '@plimsoll-tooling/peers';

/** What the recipe of the peers is compiled for, by the names of llama.cpp's own builds. */
const PEERS_KERNELS = { x64: 'haswell' };

/**
 * A folder with the engine's libraries, of the kernels for processors those alone that the peers' programs have too:
 * AVX2. Left to itself llama.cpp takes the newest instructions that the processor has, so that a benchmark would compare
 * instructions. Undefined where the libraries have one set of kernels.
 */
export function peerKernels(parent) {
  const name = PEERS_KERNELS[process.arch];
  const shipped = shippedPeer('llama-bench');
  if (name === undefined || shipped === null) return undefined;
  const folder = path.join(parent, 'libraries');
  mkdirSync(folder);
  for (const file of readdirSync(shipped.folder)) {
    const [, kernels = name] = /^libggml-cpu-(\w+)\.so$/.exec(file) ?? [];
    if (kernels === name) symlinkSync(path.join(shipped.folder, file), path.join(folder, file));
  }
  return folder;
}
