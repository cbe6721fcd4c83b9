import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigStore } from '@plimsoll/adapter-config';
import { openPlimsoll } from '@plimsoll/composition';
import { httpServices } from '@plimsoll/http';

/** The whole of Plimsoll before a server that speaks OpenAI's API, and how much of it is held. */
export async function translatedScene(address) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-chaos-'));
  const places = { environment: {}, homeFolder: folder, workingFolder: folder };
  const config = createConfigStore({ path: join(folder, 'config.json'), ...places });
  const storeFile = join(folder, 'measurements.db');
  await config.save({ backend: 'openai', openaiBaseUrl: `${address}/v1`, storeFile });
  const services = await httpServices(await openPlimsoll({ config }));
  const state = { leases: 0, variant: null };
  const counted = {
    ...services,
    async backend() {
      const lease = await services.backend();
      state.leases += 1;
      let released = false;
      return {
        ...lease,
        release() {
          if (!released) state.leases -= 1;
          released = true;
          lease.release();
        },
      };
    },
    async close() {
      await services.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return { state, services: counted };
}
