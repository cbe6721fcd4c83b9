import 'reflect-metadata';
import { createConfigStore } from '@plimsoll/adapter-config';
import { ggufModule } from '@plimsoll/adapter-gguf/inversify';
import { hubModule } from '@plimsoll/adapter-hub/inversify';
import { gpuModule } from '@plimsoll/adapter-gpu/inversify';
import { storeModule } from '@plimsoll/adapter-store/inversify';
import {
  BACKEND_IDS,
  InProcessEvents,
  backendModule,
  createUseCases,
  gpuOptions,
  systemClock,
} from '@plimsoll/composition';
import type { UseCases } from '@plimsoll/composition';
import { CLOCK, CONFIG_STORE, EVENT_BUS, GPU_PROBE, MEASUREMENT_STORE } from '@plimsoll/di';
import { Container } from 'inversify';
import { OverlayConfigStore } from './overlay-config-store.js';
import type { PlimsollOptions } from './plimsoll-options.js';

/** Binds the adapters that the settings choose; `close` lets go of all that they hold. @throws InvalidConfigError */
export async function compose(options: PlimsollOptions): Promise<UseCases> {
  const { configFile, settings: flags = {}, persist = false, warn = () => undefined } = options;
  const file = createConfigStore({
    flags,
    backends: BACKEND_IDS,
    ...(configFile === undefined ? {} : { path: configFile, requireFile: true }),
  });
  const config = persist ? file : new OverlayConfigStore(file);
  const { settings } = await config.load();
  const container = new Container();
  container.bind(CONFIG_STORE).toConstantValue(config);
  container.bind(CLOCK).toConstantValue(systemClock);
  container.bind(EVENT_BUS).toConstantValue(new InProcessEvents());
  container.load(
    ...(await backendModule(settings)),
    ggufModule(),
    hubModule(),
    gpuModule(gpuOptions()),
    storeModule(settings.storeFile),
  );
  const useCases = await createUseCases(container, settings, warn);
  const [gpu, store] = [container.get(GPU_PROBE), container.get(MEASUREMENT_STORE)];
  const close = async (): Promise<void> => {
    await Promise.allSettled([useCases.close(), gpu.close(), store.close()]);
  };
  return { ...useCases, close };
}
