import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigStore } from '@plimsoll/adapter-config';
import { SystemHostProbe } from '@plimsoll/adapter-gpu';
import { openPlimsoll } from '@plimsoll/composition';
import { HOST_PROBE } from '@plimsoll/di';
import { sampleModelPath } from '@plimsoll/sample-model';

const MIB = 1024 ** 2;
const TOTAL_BYTES = 64 * MIB;
const MODEL = 'fable-5m-F16';

/**
 * Milliseconds from the moment at which another program takes memory down to the hard line until the first answer comes
 * from a lower level, with the engine inside and the governor's own pace. The host's size and what others take of it are
 * pretended; engine, loop, drain and load are real.
 */
export async function stepUnderPressure(rounds) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-step-'));
  const path = join(folder, `${MODEL}.gguf`);
  await copyFile(sampleModelPath(), path);
  const places = { environment: {}, homeFolder: folder, workingFolder: folder };
  const times = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const config = createConfigStore({ path: join(folder, 'config.json'), ...places });
      const storeFile = join(folder, 'measurements.db');
      await config.save({ backend: 'embedded', modelsFolder: folder, storeFile, quantizationLevel: 'F16' });
      const host = { foreignBytes: 0, ownBytes: async () => 0 };
      const system = new SystemHostProbe();
      const read = async () => {
        const availableBytes = Math.max(0, TOTAL_BYTES - host.foreignBytes - (await host.ownBytes()));
        return { ...(await system.read()), totalBytes: TOTAL_BYTES, availableBytes, memoryStallShare: null };
      };
      const plimsoll = await openPlimsoll({
        config,
        govern: { mode: 'active' },
        replace: new Map([[HOST_PROBE, { read }]]),
      });
      const { value: use, release } = await plimsoll.lease();
      try {
        const quantization = await use.quantization();
        if (round === 0) for (const level of ['Q8_0', 'Q4_K_M']) await quantization.quantize({ model: path, level });
        const runtime = await use.runtime();
        host.ownBytes = async () => (await runtime.resident()).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        const generation = await use.generation();
        for (let stepAt = null, asked = 0; ; asked += 1) {
          const variant = await answer(generation);
          if (stepAt !== null && variant !== MODEL) {
            times.push(performance.now() - stepAt);
            break;
          }
          // At another moment between two looks in each round.
          if (stepAt === null && asked > 20 + round * 7) {
            host.foreignBytes = TOTAL_BYTES - (await host.ownBytes()) - MIB;
            stepAt = performance.now();
          }
        }
      } finally {
        release();
        await plimsoll.close();
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return times.sort((a, b) => a - b);
}

async function answer(generation) {
  let variant = null;
  const input = { kind: 'prompt', prompt: 'Once upon a time' };
  for await (const event of generation.generate({ model: MODEL, input, maxTokens: 8 }, { make: false })) {
    if (event.type === 'variant') ({ variant } = event.chosen);
  }
  return variant;
}
