import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigStore } from '@plimsoll/adapter-config';
import { openPlimsoll } from '@plimsoll/composition';
import { GPU_PROBE, HOST_PROBE } from '@plimsoll/di';
import { sampleModelPath } from '@plimsoll/sample-model';
import { FixedGpuProbe, FixedHostProbe, gpuReading } from '@plimsoll/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { locatePeer } from '../../../peers/src/locate.mjs';
import { GENERATED_ARCHITECTURES, writeGenerated } from './generated-architectures.mjs';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const DRIVERS = '/usr/share/vulkan/icd.d';
const hasSoftwareVulkan = existsSync(DRIVERS) && readdirSync(DRIVERS).some((name) => name.startsWith('lvp_icd'));
const server = locatePeer('llama-server');

interface Place {
  readonly name: string;
  readonly backend: 'embedded' | 'llama-server';
  /** Memory of the card, bytes; 0 for the processor alone. */
  readonly cardBytes: number;
  /** What is compared. Of a mapped file the engine counts all between the first and the last tensor that it uses on the host. */
  readonly of: 'all' | 'card';
  readonly missing: string | null;
}

const PLACES: readonly Place[] = [
  { name: 'the embedded engine on the processor', backend: 'embedded', cardBytes: 0, of: 'all', missing: null },
  {
    name: 'the embedded engine on a software Vulkan device',
    backend: 'embedded',
    cardBytes: GIB,
    of: 'all',
    missing: hasSoftwareVulkan ? null : 'Mesa has no software device here',
  },
  {
    name: 'a software Vulkan device that is too small',
    backend: 'embedded',
    cardBytes: 44 * MIB,
    of: 'card',
    missing: hasSoftwareVulkan ? null : 'Mesa has no software device here',
  },
  {
    name: 'llama-server',
    backend: 'llama-server',
    cardBytes: 0,
    of: 'all',
    missing: server === null ? 'it is not built, run npm run peers' : null,
  },
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-recommended-'));
  for (const name of GENERATED_ARCHITECTURES) {
    await writeGenerated(join(folder, `${name}-F16.gguf`), name, { tokenizerOf: sampleModelPath() });
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

for (const { name: place, backend, cardBytes, of, missing } of PLACES) {
  const vulkan = cardBytes > 0;
  describe.skipIf(missing !== null)(`on ${place}${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
    test('what a plan recommends loads, and takes the bytes that were said', { timeout: 300_000 }, async () => {
      if (vulkan) vi.stubEnv('GGML_VK_VISIBLE_DEVICES', '0');
      const options = { path: join(folder, 'config.json'), environment: {}, homeFolder: folder, workingFolder: folder };
      const config = createConfigStore(options);
      const storeFile = join(folder, 'measurements.db');
      await config.save({ backend, modelsFolder: folder, storeFile, llamaServerPath: server });
      const device = {
        id: 'card',
        index: 0,
        name: 'A card',
        vendor: 'other',
        memory: 'dedicated',
        totalBytes: cardBytes,
        driver: null,
      } as const;
      const devices = vulkan ? [device] : [];
      const readings = vulkan
        ? [gpuReading({ deviceId: 'card', totalBytes: cardBytes, usedBytes: 0, freeBytes: cardBytes })]
        : [];
      const opened = await openPlimsoll({
        config,
        cacheFolder: folder,
        replace: new Map<typeof GPU_PROBE | typeof HOST_PROBE, object>([
          [GPU_PROBE, new FixedGpuProbe(devices, readings)],
          [HOST_PROBE, new FixedHostProbe()],
        ]),
      });
      const errors = new Map<string, number>();
      try {
        const { value: use } = await opened.lease();
        const runtime = await use.runtime();
        for (const name of GENERATED_ARCHITECTURES) {
          const model = join(folder, `${name}-F16.gguf`);
          const point = await (await use.recommending(model))?.recommend({ model, make: false });
          if (point === undefined || point === null || point === 'nothing-fits')
            throw new Error(`no point for ${name}`);
          const { footprint, shape } = point.candidate;
          expect(shape.placement.gpuLayers > 0, name).toBe(vulkan);
          await runtime.load(point.candidate.variant.name, point.load);
          const [resident] = await runtime.resident();
          const said = of === 'all' ? footprint.totalBytes : (footprint.devices[0]?.totalBytes ?? 0);
          const taken = of === 'all' ? resident?.sizeBytes : resident?.deviceBytes;
          errors.set(name, (taken ?? 0) / said - 1);
          await runtime.unload(resident?.name ?? '');
        }
      } finally {
        await opened.close();
        vi.unstubAllEnvs();
      }
      const shown = [...errors].map(([name, error]) => `${name} ${(error * 100).toFixed(2)} %`).join(', ');
      const sizes = [...errors.values()].map(Math.abs).sort((a, b) => a - b);
      expect(sizes[Math.ceil(sizes.length / 2) - 1], shown).toBeLessThanOrEqual(0.005);
      expect(sizes.at(-1), shown).toBeLessThanOrEqual(0.05);
      // What the engine takes beyond what was said.
      expect(Math.max(...errors.values()), shown).toBeLessThanOrEqual(0.01);
    });
  });
}
