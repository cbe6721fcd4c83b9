import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigStore } from '@plimsoll/adapter-config';
import { openPlimsoll } from '@plimsoll/composition';
import { httpServices, startServer } from '@plimsoll/http';
import { sampleModelPath } from '@plimsoll/sample-model';

const MODEL = 'fable-5m-F16';
const LEVELS = ['Q8_0', 'Q4_K_M'];

/**
 * A server over the engine inside with a small model at several levels. Its governor is on hold: whoever tests it moves
 * the model by hand.
 */
export async function startGovernedServer() {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-chaos-'));
  const path = join(folder, `${MODEL}.gguf`);
  await copyFile(sampleModelPath(), path);
  const config = createConfigStore({
    path: join(folder, 'config.json'),
    environment: {},
    homeFolder: folder,
    workingFolder: folder,
  });
  const storeFile = join(folder, 'measurements.db');
  await config.save({ backend: 'embedded', modelsFolder: folder, storeFile, quantizationLevel: 'F16' });
  const plimsoll = await openPlimsoll({ config, govern: { mode: 'hold' } });
  const { value: use, release } = await plimsoll.lease();
  const builder = await use.quantization();
  for (const level of LEVELS) await builder.quantize({ model: path, level });
  const server = await startServer({ services: await httpServices(plimsoll), host: '127.0.0.1', port: 0 });
  return {
    model: MODEL,
    url: server.url,
    runtime: await use.runtime(),
    governor: await use.governor(),
    async close() {
      await server.close(0);
      release();
      await plimsoll.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
