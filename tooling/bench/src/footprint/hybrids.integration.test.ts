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
describe('scratch memory of hybrids', () => {
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
      expect(ours.host.computeBytes, JSON.stringify(run)).toBe(exact.host.computeBytes);
    }
  });
});

const DRIVERS = '/usr/share/vulkan/icd.d';
const hasVulkan = existsSync(DRIVERS) && readdirSync(DRIVERS).some((name) => name.startsWith('lvp_icd'));

/** Small enough for Mesa's software device, which takes no tensor above 128 MiB: larger ones move silently. */
const DEVICE_SIZES = SIZES.slice(0, 1);
/** Layers on the device, and layers with their experts on the host. */
const PLACEMENTS = [
  [99, 0],
  [99, 2],
  [5, 0],
  [4, 0],
  [3, 1],
  [1, 0],
] as const;
const DEVICE_RUNS: readonly RunShape[] = [
  base,
  { ...base, flashAttention: 'auto' },
  { ...base, flashAttention: 'off' },
  { ...base, keyCacheType: 'q8_0', valueCacheType: 'q8_0' },
  { ...base, contextTokens: 300, parallel: 3 },
];
/** Its state-space scan is none that Vulkan computes, and goes back and forth between host and device. */
const ON_BOTH = 'jamba';

describe.skipIf(!hasVulkan)(
  `hybrids on a device, and a part of them${hasVulkan ? '' : ' (skipped: no device)'}`,
  () => {
    const environment = { GGML_VK_VISIBLE_DEVICES: '0' };
    const oracles = (['last', 'every'] as const).map((outputs) => ({
      outputs,
      oracle: new LlamaCppFootprintOracle({ flavor: 'vulkan', environment, outputs }),
    }));
    let folder: string;
    beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'plimsoll-hybrids-'))));
    afterAll(async () => {
      await Promise.all(oracles.map(({ oracle }) => oracle.close()));
      await rm(folder, { recursive: true });
    });

    const cases = Object.entries(HYBRIDS).flatMap(([name, write]) =>
      DEVICE_SIZES.map((sizes) => [name, sizes.width, write(sizes)] as const),
    );
    it.each(cases)('%s, %i wide', { timeout: 120_000 }, async (name, width, model) => {
      const path = join(folder, `${name}-${width}.gguf`);
      await writeSparseGguf(path, zooSpec(model));
      const { header } = await new FileModelInspector().inspect({ kind: 'file', path });
      for (const { outputs, oracle } of oracles) {
        const footprints = createFootprintModel(header, { outputs });
        for (const [gpuLayers, expertLayersOnHost] of PLACEMENTS) {
          for (const run of outputs === 'every' ? [base] : DEVICE_RUNS) {
            const shape: RunShape = { ...run, placement: { gpuLayers, split: [1], expertLayersOnHost } };
            const [exact, ours] = [await oracle.measure(path, shape), footprints.footprint('file', shape)];
            const which = JSON.stringify({ outputs, ...shape });
            const [taken, said] = [exact.devices[0]?.computeBytes ?? 0, ours.devices[0]?.computeBytes ?? 0];
            // On a device that holds everything the larger figure of two orders of computing is said.
            const isExact = gpuLayers < 99 && name !== ON_BOTH;
            if (isExact) expect(said, which).toBe(taken);
            if (name !== ON_BOTH) expect(ours.host.computeBytes, which).toBe(exact.host.computeBytes);
            expect(ours.totalBytes / exact.totalBytes, which).toBeGreaterThan(0.99);
            expect(ours.totalBytes / exact.totalBytes, which).toBeLessThan(1.05);
          }
        }
      }
    });
  },
);
