import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { LlamaCppFootprintOracle } from '@plimsoll/adapter-llamacpp';
import { createFootprintModel, type Footprint, type Level, presetTypes, type RunShape } from '@plimsoll/domain';
import { writeSparseGguf } from '@plimsoll/testing/gguf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODEL_ZOO, zooSpec } from './model-zoo.mjs';
import { TRANSFORMERS, VARIED, type TransformerSizes } from './zoo/transformers.mjs';

/** Small enough for Mesa's software device, which takes no tensor above 128 MiB: larger ones move silently. */
const SIZES: readonly TransformerSizes[] = [
  { width: 384, heads: 6, kvHeads: 2, head: 64, ffn: 1152, vocabulary: 32_000 },
  { width: 1024, heads: 8, kvHeads: 4, head: 128, ffn: 3072, vocabulary: 1024 },
];
/** Layers on the device, and layers with their experts on the host. */
const DENSE = [
  [99, 0],
  [5, 0],
  [3, 1],
  [1, 0],
  [0, 0],
] as const;
const EXPERTS_ON_HOST = [
  [99, 2],
  [99, 99],
] as const;
/** Of a kind that is put together from others a few are enough. */
const FEW = [
  [99, 0],
  [3, 1],
  [0, 0],
] as const;

const base: RunShape = {
  contextTokens: 4096,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'on',
  placement: { gpuLayers: 0, split: [1], expertLayersOnHost: 0 },
};
const RUNS: readonly RunShape[] = [
  base,
  { ...base, flashAttention: 'auto' },
  { ...base, flashAttention: 'off' },
  { ...base, keyCacheType: 'q8_0', valueCacheType: 'q8_0' },
  { ...base, contextTokens: 300, parallel: 3 },
];

/** Every kind in every size; those that are put together from others in one. */
const CASES = Object.entries(TRANSFORMERS).flatMap(([name, write]) =>
  (VARIED.has(name) ? SIZES.slice(0, 1) : SIZES).map((sizes) => [name, sizes.width, write(sizes)] as const),
);

/** Whether scratch memory is so much of the whole that a closed form would not do where all is in one kind of memory. */
const isMaterial = ({ devices, host, totalBytes }: Footprint): boolean =>
  [...devices, host].reduce((sum, { computeBytes }) => sum + computeBytes, 0) > totalBytes / 4;

/** In RAM alone a layer's attention is computed where the layer is, and nothing is fetched. */
describe('transformers on the processor', () => {
  const oracles = (['last', 'every'] as const).map((outputs) => ({
    outputs,
    oracle: new LlamaCppFootprintOracle({ flavor: 'cpu', outputs }),
  }));
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'plimsoll-transformers-'))));
  afterAll(async () => {
    await Promise.all(oracles.map(({ oracle }) => oracle.close()));
    await rm(folder, { recursive: true });
  });

  const runs: readonly RunShape[] = [
    ...RUNS,
    { ...base, microBatchTokens: 128 },
    { ...base, keyCacheType: 'f32', valueCacheType: 'f32' },
  ];
  it.each(CASES)('%s, %i wide', { timeout: 60_000 }, async (name, width, model) => {
    const path = join(folder, `${name}-${width}.gguf`);
    await writeSparseGguf(path, zooSpec(model));
    const { header } = await new FileModelInspector().inspect({ kind: 'file', path });
    for (const { outputs, oracle } of oracles) {
      const footprints = createFootprintModel(header, { outputs });
      for (const run of VARIED.has(name) ? RUNS.slice(0, 3) : runs) {
        const shape: RunShape = { ...run, placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 } };
        const [exact, ours] = [await oracle.measure(path, shape), footprints.footprint('file', shape)];
        const which = JSON.stringify({ outputs, ...shape });
        if (isMaterial(exact)) expect(ours.host.computeBytes, which).toBe(exact.host.computeBytes);
        expect(ours.totalBytes / exact.totalBytes, which).toBeGreaterThan(0.99);
        expect(ours.totalBytes / exact.totalBytes, which).toBeLessThan(1.05);
      }
    }
  });
});

const DRIVERS = '/usr/share/vulkan/icd.d';
const hasVulkan = existsSync(DRIVERS) && readdirSync(DRIVERS).some((name) => name.startsWith('lvp_icd'));

describe.skipIf(!hasVulkan)(
  `transformers on a device, and a part of them${hasVulkan ? '' : ' (skipped: no device)'}`,
  () => {
    const environment = { GGML_VK_VISIBLE_DEVICES: '0' };
    const oracles = (['last', 'every'] as const).map((outputs) => ({
      outputs,
      oracle: new LlamaCppFootprintOracle({ flavor: 'vulkan', environment, outputs }),
    }));
    let folder: string;
    beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'plimsoll-transformers-'))));
    afterAll(async () => {
      await Promise.all(oracles.map(({ oracle }) => oracle.close()));
      await rm(folder, { recursive: true });
    });

    it.each(CASES)('%s, %i wide', { timeout: 120_000 }, async (name, width, model) => {
      const path = join(folder, `${name}-${width}.gguf`);
      await writeSparseGguf(path, zooSpec(model));
      const { header } = await new FileModelInspector().inspect({ kind: 'file', path });
      for (const { outputs, oracle } of oracles) {
        const footprints = createFootprintModel(header, { outputs });
        const dense: readonly (readonly [number, number])[] = VARIED.has(name) ? FEW : DENSE;
        const placements = footprints.architecture.experts === null ? dense : [...dense, ...EXPERTS_ON_HOST];
        const runs = VARIED.has(name) ? RUNS.slice(1, 3) : RUNS;
        for (const [gpuLayers, expertLayersOnHost] of placements) {
          for (const run of outputs === 'every' ? [base] : runs) {
            const shape: RunShape = { ...run, placement: { gpuLayers, split: [1], expertLayersOnHost } };
            const [exact, ours] = [await oracle.measure(path, shape), footprints.footprint('file', shape)];
            const which = JSON.stringify({ outputs, ...shape });
            const [taken, said] = [exact.devices[0]?.computeBytes ?? 0, ours.devices[0]?.computeBytes ?? 0];
            // With experts alone on the host the larger figure of two orders of computing is said.
            if (gpuLayers < 99) expect(said, which).toBe(taken);
            else if (expertLayersOnHost > 0 || isMaterial(exact)) expect(said, which).toBeGreaterThanOrEqual(taken);
            if (gpuLayers < 99 || isMaterial(exact))
              expect(ours.host.computeBytes, which).toBe(exact.host.computeBytes);
            expect(ours.totalBytes / exact.totalBytes, which).toBeGreaterThan(0.99);
            expect(ours.totalBytes / exact.totalBytes, which).toBeLessThan(1.05);
          }
        }
      }
    });

    /** Their layers are not all built, and these levels mix types. */
    it.each(['tinyllama-1.1b', 'smollm2-360m'])('%s, as published', { timeout: 120_000 }, async (id) => {
      const model = MODEL_ZOO.find((candidate) => candidate.id === id);
      if (model === undefined) throw new Error(`there is no model ${id}`);
      const full = zooSpec(model);
      for (const level of ['Q8_0', 'Q4_K_M', 'Q2_K'] satisfies readonly Level[]) {
        const path = join(folder, `${id}-${level}.gguf`);
        await writeSparseGguf(path, full);
        const inspector = new FileModelInspector();
        const types = presetTypes((await inspector.inspect({ kind: 'file', path })).header, level).tensors;
        const tensors = (full.tensors ?? []).map((tensor, index) => ({
          ...tensor,
          type: types[index]?.type ?? tensor.type,
        }));
        await writeSparseGguf(path, { metadata: full.metadata, tensors });
        const footprints = createFootprintModel((await inspector.inspect({ kind: 'file', path })).header);
        for (const gpuLayers of [footprints.architecture.layers, 12, 3, 0]) {
          const shape: RunShape = { ...base, placement: { gpuLayers, split: [1], expertLayersOnHost: 0 } };
          const exact = await oracles[0]?.oracle.measure(path, shape);
          const ours = footprints.footprint('file', shape);
          expect(ours.devices, `${level} ${gpuLayers}`).toEqual(exact?.devices);
          expect(ours.host.computeBytes).toBe(exact?.host.computeBytes);
        }
      }
    });
  },
);
