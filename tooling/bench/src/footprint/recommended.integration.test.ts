import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigStore } from '@plimsoll/adapter-config';
import { openPlimsoll, type Plimsoll } from '@plimsoll/composition';
import { GPU_PROBE, HOST_PROBE } from '@plimsoll/di';
import type { GpuDevice, GpuReading, HostReading } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { FixedHostProbe, gpuReading } from '@plimsoll/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { locatePeer } from '../../../peers/src/locate.mjs';
import { GENERATED_ARCHITECTURES, writeGenerated } from './generated-architectures.mjs';

const DRIVERS = '/usr/share/vulkan/icd.d';
const hasSoftwareVulkan = existsSync(DRIVERS) && readdirSync(DRIVERS).some((name) => name.startsWith('lvp_icd'));
const server = locatePeer('llama-server');

interface Place {
  readonly name: string;
  readonly backend: 'embedded' | 'llama-server';
  readonly hasCard: boolean;
  /** Memory, bytes, beside the bytes of the F16 file. */
  readonly memory: (fileBytes: number) => readonly number[];
  /** Whether other levels may be made of that file. */
  readonly make: boolean;
  readonly missing: string | null;
}

/** Too little for half of the file's bits, for them, for all of them, and plenty. */
const sizes = (fileBytes: number): readonly number[] => [0.45, 0.8, 1.3, 16].map((share) => share * fileBytes);
const noVulkan = hasSoftwareVulkan ? null : 'Mesa has no software device here';

const PLACES: readonly Place[] = [
  {
    ...{ name: 'the embedded engine on the processor', backend: 'embedded', hasCard: false },
    ...{ memory: sizes, make: true, missing: null },
  },
  {
    ...{ name: 'the embedded engine on a software Vulkan device', backend: 'embedded', hasCard: true },
    ...{ memory: (fileBytes) => sizes(fileBytes).slice(2), make: true, missing: noVulkan },
  },
  {
    ...{ name: 'a software Vulkan device that is too small', backend: 'embedded', hasCard: true },
    ...{ memory: () => [44 * 1024 ** 2], make: false, missing: noVulkan },
  },
  {
    // The peers are built without Vulkan, so it has no card.
    ...{ name: 'llama-server', backend: 'llama-server', hasCard: false },
    ...{ memory: sizes, make: true, missing: server === null ? 'it is not built, run npm run peers' : null },
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

const CARD = { id: 'card', index: 0, name: 'A card', vendor: 'other', memory: 'dedicated', driver: null } as const;

/** A machine with as much memory for a model as it is given: on a card, if it has one, else in RAM. */
class Machine {
  memoryBytes = 0;
  readonly hasCard: boolean;

  constructor(hasCard: boolean) {
    this.hasCard = hasCard;
  }

  async devices(): Promise<readonly GpuDevice[]> {
    return this.hasCard ? [{ ...CARD, totalBytes: this.memoryBytes }] : [];
  }

  /** What is free on the card. */
  async readings(): Promise<readonly GpuReading[]> {
    const { memoryBytes } = this;
    const known = { totalBytes: memoryBytes, usedBytes: 0, freeBytes: memoryBytes };
    return this.hasCard ? [gpuReading({ deviceId: CARD.id, ...known })] : [];
  }

  host(): Promise<HostReading> {
    const { memoryBytes } = this;
    const known = { totalBytes: 2 * memoryBytes, availableBytes: memoryBytes };
    return new FixedHostProbe(this.hasCard ? {} : known).read();
  }
}

/** Opens Plimsoll there; once, for each engine's process takes seconds to compile what a software device runs. */
async function openOn({ backend }: Place, machine: Machine): Promise<Plimsoll> {
  const config = createConfigStore({
    path: join(folder, 'config.json'),
    environment: {},
    homeFolder: folder,
    workingFolder: folder,
  });
  await config.save({
    ...{ backend, modelsFolder: folder, storeFile: join(folder, 'measurements.db') },
    ...{ llamaServerPath: server, memoryMarginFraction: 0 },
  });
  return openPlimsoll({
    config,
    cacheFolder: folder,
    replace: new Map<typeof GPU_PROBE | typeof HOST_PROBE, object>([
      [GPU_PROBE, { devices: () => machine.devices(), read: () => machine.readings(), close: async () => {} }],
      [HOST_PROBE, { read: () => machine.host(), machineId: async () => 'test-machine' }],
    ]),
  });
}

for (const place of PLACES) {
  const { name, hasCard, memory, make, missing } = place;
  describe.skipIf(missing !== null)(`on ${name}${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
    test('what a plan recommends loads, and takes the bytes that were said', { timeout: 600_000 }, async () => {
      if (hasCard) vi.stubEnv('GGML_VK_VISIBLE_DEVICES', '0');
      const errors = new Map<string, number>();
      const machine = new Machine(hasCard);
      const opened = await openOn(place, machine);
      try {
        for (const architecture of GENERATED_ARCHITECTURES) {
          const model = join(folder, `${architecture}-F16.gguf`);
          for (const memoryBytes of memory((await stat(model)).size)) {
            machine.memoryBytes = Math.round(memoryBytes);
            const { value: use } = await opened.lease();
            const point = await (await use.recommending(model))?.recommend({ model, make });
            if (point === undefined || point === null) throw new Error(`no point for ${architecture}`);
            if (point === 'nothing-fits') continue;
            const { candidate } = point;
            const { footprint, shape, level } = candidate;
            const made = await (await use.ensure()).ensure(model, level, { make: true });
            const runtime = await use.runtime();
            await runtime.load(made.name, point.load);
            const [resident] = await runtime.resident();
            // Of a mapped file the engine counts all between the first and the last tensor that it uses on the host.
            const isSplit = shape.placement.gpuLayers > 0 && candidate.fit === 'partial';
            const said = isSplit ? footprint.devices[0]?.totalBytes : footprint.totalBytes;
            const taken = isSplit ? resident?.deviceBytes : resident?.sizeBytes;
            errors.set(
              `${architecture} ${level} ${candidate.fit} of ${machine.memoryBytes}`,
              (taken ?? 0) / (said ?? 0) - 1,
            );
            await runtime.unload(made.name);
          }
        }
      } finally {
        await opened.close();
        vi.unstubAllEnvs();
      }
      const shown = [...errors].map(([which, error]) => `${which}: ${(error * 100).toFixed(2)} %`).join(', ');
      const off = [...errors.values()].map(Math.abs).sort((a, b) => a - b);
      const levels = new Set([...errors.keys()].map((which) => which.split(' ')[1]));
      expect(levels.size > (hasCard ? 0 : 2), shown).toBe(true);
      expect(off[Math.ceil(off.length / 2) - 1], shown).toBeLessThanOrEqual(0.005);
      expect(off.at(-1), shown).toBeLessThanOrEqual(0.05);
      // What the engine takes beyond what was said.
      expect(Math.max(...errors.values()), shown).toBeLessThanOrEqual(0.01);
    });
  });
}
