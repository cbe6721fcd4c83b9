import { notRecorded } from '@plimsoll/application';
import type { Warn } from '@plimsoll/application';
import type { ConfigStoreOptions } from '@plimsoll/adapter-config';
import { CLOCK, CONFIG_STORE, EVENT_BUS, HOST_PROBE, MEASUREMENT_STORE } from '@plimsoll/di';
import type { ConfigStore, LoadedSettings } from '@plimsoll/domain';
import type { ServiceIdentifier } from 'inversify';
import { backendUseCases, type BackendUseCases } from './backend-use-cases.js';
import type { GovernorOptions } from './governor.js';
import { InProcessEvents } from './in-process-events.js';
import { LeasedResource, type Lease } from './leased-resource.js';
import { backendKey, backendModules, headerFolder, importanceFolder, machineProbes, sharedModules } from './modules.js';
import { openConfig } from './open-config.js';
import { PUBLIC_ADDRESSES, type RemoteReading } from './remote-reading.js';
import { Services } from './services.js';
import { SettingsSnapshot } from './settings-snapshot.js';
import { sharedUseCases, type SharedUseCases } from './shared-use-cases.js';
import { systemClock } from './system-clock.js';

/** How Plimsoll is opened; front ends differ in this and in nothing else. */
export interface OpenPlimsollOptions {
  /** The settings: a store, or where the file is; see `openConfig`. The usual places when absent. */
  readonly config?: ConfigStore | ConfigStoreOptions | undefined;
  /** Folder for what can be made again, such as headers of remote models; nothing is kept when absent. */
  readonly cacheFolder?: string | undefined;
  /** How models are read over a network; public addresses by HTTPS alone when absent. */
  readonly remote?: RemoteReading | undefined;
  /** Governs the memory of models that are served; without it each is loaded as it was chosen, and stays. */
  readonly govern?: GovernorOptions | undefined;
  /** Receives what went wrong beside an answer. */
  readonly warn?: Warn | undefined;
  /** Whether changes of the settings' file are followed, for a program that stays; a command reads them once. */
  readonly follow?: boolean | undefined;
  /**
   * Whether records of answers are written together, a little later, by a thread of their own, for a server with many
   * requests; they are lost when it is killed in that moment. See `WriteBehindStore` and `ThreadedMeasurementStore`.
   */
  readonly gatherRecords?: boolean | undefined;
  /** Objects that take the place of adapters, by token. Whoever gave them closes them. */
  readonly replace?: ReadonlyMap<ServiceIdentifier<object>, object> | undefined;
}

/** All use cases. Adapters are imported and opened when something of them is first asked for. */
export interface Plimsoll {
  /** The settings as they were when it was opened. */
  readonly loaded: LoadedSettings;
  /** What needs no backend. */
  readonly shared: SharedUseCases;
  /** The service behind a token that needs no backend, such as `CLOCK`, `EVENT_BUS`, `CONFIG_STORE` or `GPU_PROBE`. */
  readonly get: <Service extends object>(token: ServiceIdentifier<Service>) => Promise<Service>;
  /**
   * The backend that the settings name now, until it is released. When the settings name another, that is opened, and
   * the old one is closed after its last lease.
   * @throws InvalidConfigError, InvalidInputError after `close`
   */
  readonly lease: () => Promise<Lease<BackendUseCases>>;
  /** Closes all that was opened; nothing is opened afterwards. */
  readonly close: () => Promise<void>;
}

/** @throws InvalidConfigError */
export async function openPlimsoll(options: OpenPlimsollOptions = {}): Promise<Plimsoll> {
  const { config: given = {}, cacheFolder, remote = PUBLIC_ADDRESSES, warn = () => undefined, replace } = options;
  const config = new SettingsSnapshot('load' in given ? given : openConfig(given));
  const { govern = null } = options;
  const loaded = await config.load();
  for (const warning of loaded.warnings ?? []) warn({ kind: 'configuration', message: warning });

  const constants = new Map<ServiceIdentifier<object>, object>([
    [CONFIG_STORE, config],
    [CLOCK, systemClock],
    [EVENT_BUS, new InProcessEvents()],
    ...(replace ?? []),
  ]);
  const { storeFile } = loaded.settings;
  const gathers = options.gatherRecords === true;
  const modules = sharedModules({ storeFile, onThread: gathers });
  const services = new Services({ modules, makers: machineProbes(), constants });
  const shared = sharedUseCases(services, {
    storeFile: constants.has(MEASUREMENT_STORE) ? null : storeFile,
    cacheFolder,
    isRealHost: !constants.has(HOST_PROBE),
    onLostRecords: gathers ? (error) => warn(notRecorded(error)) : null,
  });
  const reading = {
    headerCache: cacheFolder === undefined ? null : headerFolder(cacheFolder),
    importanceCache: cacheFolder === undefined ? null : importanceFolder(cacheFolder),
    remote,
  };
  if (options.follow === true) {
    const bus = await services.get(EVENT_BUS);
    config.follow((settings) => bus.publish({ type: 'settings-changed', settings }));
  }
  const backends = new LeasedResource<OpenBackend>(({ services: own, stop }) => {
    stop.abort();
    return own.close();
  });

  return {
    loaded,
    shared,
    get: (token) => services.get(token),
    async lease() {
      const { settings } = await config.load();
      const lease = await backends.lease(backendKey(settings), async () => {
        const own = new Services({ modules: backendModules(settings, reading), constants, parent: services });
        const stop = new AbortController();
        const use = backendUseCases({ services: own, settings, shared, warn, govern, signal: stop.signal });
        return { services: own, stop, use };
      });
      return { value: lease.value.use, release: lease.release };
    },
    async close() {
      await config.close();
      await backends.close();
      await shared.store.close();
      await services.close();
    },
  };
}

interface OpenBackend {
  readonly stop: AbortController;
  readonly services: Services;
  readonly use: BackendUseCases;
}
