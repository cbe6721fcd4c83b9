import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { LlamaCppFootprintOracle } from '@plimsoll/adapter-llamacpp';
import { createFootprintModel, type RunShape } from '@plimsoll/domain';
import { writeSparseGguf } from '@plimsoll/testing/gguf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zooSpec } from './model-zoo.mjs';
import { HYBRIDS, type HybridSizes } from './zoo/hybrids.mjs';

const head = { head: 64, kvHeads: 2, rotates: false };
const SIZES: readonly HybridSizes[] = [
  { ...head, width: 384, heads: 6, ffn: 1152, vocabulary: 32_000, inner: 768, state: 128, groups: 1, ssmHeads: 12 },
  { ...head, width: 512, heads: 8, ffn: 512, vocabulary: 512, inner: 1024, state: 64, groups: 4, ssmHeads: 16 },
  { ...head, width: 1024, heads: 16, ffn: 2048, vocabulary: 1024, inner: 2048, state: 128, groups: 1, ssmHeads: 32 },
  { ...head, width: 2048, heads: 32, ffn: 12_288, vocabulary: 4096, inner: 4096, state: 128, groups: 8, ssmHeads: 64 },
  {
    ...{ width: 1536, heads: 12, kvHeads: 4, head: 128, ffn: 3072, vocabulary: 8192 },
    ...{ inner: 3072, state: 256, groups: 2, ssmHeads: 48, rotates: true },
  },
];

const base: RunShape = {
  contextTokens: 4096,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'on',
  placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
};
const RUNS: readonly RunShape[] = [
  base,
  { ...base, contextTokens: 32_768 },
  { ...base, flashAttention: 'off' },
  { ...base, keyCacheType: 'q8_0', valueCacheType: 'q8_0' },
  { ...base, contextTokens: 300, parallel: 3 },
  { ...base, microBatchTokens: 128 },
];

/** What lies where decides how much is taken: no formula, but the walk of the graph gives the engine's own figure. */
describe('scratch memory of hybrids of attention and Mamba 2', () => {
  const oracle = new LlamaCppFootprintOracle({ flavor: 'cpu' });
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'plimsoll-hybrids-'))));
  afterAll(async () => {
    await oracle.close();
    await rm(folder, { recursive: true });
  });

  const cases = Object.entries(HYBRIDS).flatMap(([name, write]) =>
    SIZES.map((sizes) => [name, sizes.width, write(sizes)] as const),
  );
  it.each(cases)('%s, %i wide', { timeout: 60_000 }, async (name, width, model) => {
    const path = join(folder, `${name}-${width}.gguf`);
    await writeSparseGguf(path, zooSpec(model));
    const { header } = await new FileModelInspector().inspect({ kind: 'file', path });
    const footprints = createFootprintModel(header);
    for (const run of RUNS) {
      const [exact, ours] = [await oracle.measure(path, run), footprints.footprint('file', run)];
      expect(Math.abs(ours.host.computeBytes / exact.host.computeBytes - 1), JSON.stringify(run)).toBeLessThan(0.001);
    }
  });
});

const DRIVERS = '/usr/share/vulkan/icd.d';
const hasVulkan = existsSync(DRIVERS) && readdirSync(DRIVERS).some((name) => name.startsWith('lvp_icd'));

// Where a layer that attends is the last on the host, the engine gives flash attention up.
describe.skipIf(!hasVulkan)(`hybrids split between host and device${hasVulkan ? '' : ' (skipped: no device)'}`, () => {
  const oracle = new LlamaCppFootprintOracle({ flavor: 'vulkan', environment: { GGML_VK_VISIBLE_DEVICES: '0' } });
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'plimsoll-hybrids-'))));
  afterAll(async () => {
    await oracle.close();
    await rm(folder, { recursive: true });
  });

  it.each(Object.entries(HYBRIDS))('%s takes no more than was counted', { timeout: 120_000 }, async (name, write) => {
    const [, , sizes = SIZES[0]] = SIZES;
    if (sizes === undefined) throw new Error('no sizes');
    const path = join(folder, `${name}.gguf`);
    await writeSparseGguf(path, zooSpec(write(sizes)));
    const { header } = await new FileModelInspector().inspect({ kind: 'file', path });
    const footprints = createFootprintModel(header);
    const off: string[] = [];
    for (let gpuLayers = 1; gpuLayers <= footprints.architecture.layers; gpuLayers += 1) {
      const placement = { gpuLayers, split: [1], expertLayersOnHost: 0 };
      const run: RunShape = { ...base, flashAttention: 'auto', placement };
      const [exact, ours] = [await oracle.measure(path, run), footprints.footprint('file', run)];
      const error = exact.totalBytes / ours.totalBytes - 1;
      if (error > 0.01) off.push(`${gpuLayers} layers: ${(100 * error).toFixed(2)} %`);
    }
    expect(off).toEqual([]);
  });
});
