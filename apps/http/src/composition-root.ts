import 'reflect-metadata';
import { createConfigStore } from '@plimsoll/adapter-config';
import type { ConfigStoreOptions } from '@plimsoll/adapter-config';
import { ggufModule } from '@plimsoll/adapter-gguf/inversify';
import { hubModule } from '@plimsoll/adapter-hub/inversify';
import type { HubModuleOptions } from '@plimsoll/adapter-hub/inversify';
import { gpuModule } from '@plimsoll/adapter-gpu/inversify';
import { storeModule } from '@plimsoll/adapter-store/inversify';
import { GetStatistics, ManageSettings, ReadDevices } from '@plimsoll/application';
import {
  BACKEND_IDS,
  InProcessEvents,
  backendKey,
  backendModule,
  createUseCases,
  gpuOptions,
  systemClock,
} from '@plimsoll/composition';
import { CLOCK, CONFIG_STORE, EVENT_BUS, GPU_PROBE, HOST_PROBE, MEASUREMENT_STORE } from '@plimsoll/di';
import type { ConfigStore } from '@plimsoll/domain';
import { Container } from 'inversify';
import { Live } from './composition/live.js';
import type { HttpServices } from './server/http-services.js';

/** How the services are set up. */
export interface ComposeOptions {
  /** The settings, from a file that was found or named; see adapter-config. */
  readonly config?: ConfigStore | ConfigStoreOptions | undefined;
  /** Folder for headers of remote models; none are kept when absent. */
  readonly cacheFolder?: string | undefined;
  /** How models are read over a network; public addresses by HTTPS alone when absent. */
  readonly remote?: Pick<HubModuleOptions, 'access' | 'huggingFace'> | undefined;
  /** Hears of what went wrong beside an answer. */
  readonly warn?: ((message: string) => void) | undefined;
}

/**
 * The services of the server. Settings are read anew for each request; when they name another backend, it is opened,
 * and the old one is closed after its last request. Only the store's file is fixed from the start.
 * @throws InvalidConfigError
 */
export async function composeServices(options: ComposeOptions = {}): Promise<HttpServices> {
  const { config: given = {}, warn = () => undefined, cacheFolder = null, remote = {} } = options;
  const config = 'load' in given ? given : createConfigStore({ backends: BACKEND_IDS, ...given });
  const events = new InProcessEvents();
  const root = new Container();
  root.bind(CONFIG_STORE).toConstantValue(config);
  root.bind(CLOCK).toConstantValue(systemClock);
  root.bind(EVENT_BUS).toConstantValue(events);
  const { settings: first } = await config.load();
  root.load(
    gpuModule(gpuOptions()),
    storeModule(first.storeFile),
    ggufModule({ cacheFolder, ...remote }),
    hubModule({ cacheFolder, ...remote, ollamaLibrary: { probeTags: true } }),
  );
  const [gpu, store] = [root.get(GPU_PROBE), root.get(MEASUREMENT_STORE)];
  const devices = new ReadDevices(gpu, root.get(HOST_PROBE));

  const backends = new Live(
    async () => {
      const { settings } = await config.load();
      const container = new Container({ parent: root });
      container.load(...(await backendModule(settings)));
      return createUseCases(container, settings, warn);
    },
    (useCases) => useCases.close(),
  );

  return {
    settings: new ManageSettings(config, events),
    devices,
    statistics: new GetStatistics(store),
    backend: async () => {
      const { settings } = await config.load();
      const key = JSON.stringify([backendKey(settings), settings.naming]);
      const lease = await backends.lease(key);
      return { ...lease.value, release: () => lease.release() };
    },
    close: async () => {
      await backends.close();
      await Promise.all([gpu.close(), store.close()]);
    },
  };
}
