import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigStore } from '@plimsoll/adapter-config';
import { openPlimsoll } from '@plimsoll/composition';
import type { SettingsPatch } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { httpServices, startServer } from '../src/index.js';

/** A gateway over one backend, with the sample model in its folder as `fable-5m-F16`. */
export interface GatewayOver {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts one; the settings name the backend. */
export async function gatewayOver(settings: SettingsPatch): Promise<GatewayOver> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-gateway-'));
  await copyFile(sampleModelPath(), join(folder, 'fable-5m-F16.gguf'));
  const config = { path: join(folder, 'config.json'), environment: {}, homeFolder: folder, workingFolder: folder };
  const storeFile = join(folder, 'measurements.db');
  await createConfigStore(config).save({ modelsFolder: folder, storeFile, ...settings });
  const services = await httpServices(await openPlimsoll({ config }));
  const { url, close } = await startServer({ services, host: '127.0.0.1', port: 0 });
  return {
    url,
    async close() {
      await close(0);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
