import { CONFIG_STORE } from '@plimsoll/di';
import { ContainerModule } from 'inversify';
import { createConfigStore } from './create-config-store.js';
import type { ConfigStoreOptions } from './create-config-store.js';

/** Binds the settings in a `config.json`. */
export function configModule(options: ConfigStoreOptions = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(CONFIG_STORE)
      .toResolvedValue(() => createConfigStore(options))
      .inSingletonScope();
  });
}
