import type { SettingFlags } from '@plimsoll/adapter-config';
import { InProcessEvents } from '@plimsoll/composition/in-process-events';
import { systemClock } from '@plimsoll/composition/system-clock';
import { CLOCK, CONFIG_STORE, EVENT_BUS } from '@plimsoll/di';
import type { LoadedSettings } from '@plimsoll/domain';
import type { Container, ServiceIdentifier } from 'inversify';
import type { CommandContext } from '../commands/command-context.js';
import { cacheFolder } from './cache-folder.js';
import { modulesFor, type ModuleLoader } from './modules.js';
import { openConfigStore } from './open-config-store.js';
import { remoteReading, type RemoteFlags } from './remote-reading.js';

/** What a command says about its services. */
export interface ServiceFlags extends RemoteFlags {
  readonly backend?: string | undefined;
  readonly config?: string | undefined;
  /** Settings that win over the configuration. */
  readonly settings?: SettingFlags | undefined;
}

/**
 * The services of one command run. An adapter is imported and bound when something of it is asked for, so that a
 * command pays only for what it uses.
 */
export class Services {
  readonly loaded: LoadedSettings;
  readonly #constants: ReadonlyMap<symbol, object>;
  readonly #loaders: ReadonlyMap<symbol, readonly ModuleLoader[]>;
  readonly #loading = new Map<ModuleLoader, Promise<void>>();
  readonly #opened = new Set<object>();
  #container: Promise<Container> | null = null;

  private constructor(
    loaded: LoadedSettings,
    constants: ReadonlyMap<symbol, object>,
    loaders: ReadonlyMap<symbol, readonly ModuleLoader[]>,
  ) {
    this.loaded = loaded;
    this.#constants = constants;
    this.#loaders = loaders;
  }

  /** Reads the configuration under the flags. @throws InvalidConfigError */
  static async open(context: CommandContext, flags: ServiceFlags): Promise<Services> {
    const settings = { ...flags.settings, ...(flags.backend === undefined ? {} : { backend: flags.backend }) };
    const store = openConfigStore(context, { file: flags.config, settings });
    const loaded = await store.load();
    for (const warning of loaded.warnings ?? []) context.output.warn(warning);
    const constants = new Map<unknown, object>([
      [CONFIG_STORE, store],
      [CLOCK, systemClock],
      [EVENT_BUS, new InProcessEvents()],
    ]) as ReadonlyMap<symbol, object>;
    const remote = remoteReading(flags, context.env);
    return new Services(loaded, constants, modulesFor(loaded.settings, { cache: cacheFolder(context.env) }, remote));
  }

  /** The service behind a token. */
  async get<Service extends object>(token: ServiceIdentifier<Service>): Promise<Service> {
    const constant = typeof token === 'symbol' ? this.#constants.get(token) : undefined;
    if (constant !== undefined) return constant as Service;
    return this.own(await (await this.#bound(token)).getAsync(token));
  }

  /** The service behind a token, or null where the backend has none. */
  async find<Service extends object>(token: ServiceIdentifier<Service>): Promise<Service | null> {
    return (await this.#bound(token)).isBound(token) ? this.get(token) : null;
  }

  /** All services behind a token, best first. */
  async getAll<Service extends object>(token: ServiceIdentifier<Service>): Promise<readonly Service[]> {
    const container = await this.#bound(token);
    if (!container.isBound(token)) return [];
    return (await container.getAllAsync(token)).map((service) => this.own(service));
  }

  /** Takes care that a service is closed with the others. */
  own<Service extends object>(service: Service): Service {
    this.#opened.add(service);
    return service;
  }

  /** Closes whatever was opened. */
  async close(): Promise<void> {
    const closing = [...this.#opened].map(async (service) => {
      if (isCloseable(service)) await service.close();
    });
    await Promise.allSettled(closing);
  }

  /** The container, with what binds the token loaded into it: in order, each module once. */
  async #bound(token: ServiceIdentifier): Promise<Container> {
    this.#container ??= import('./container.js').then(({ createContainer }) => createContainer(this.#constants));
    const container = await this.#container;
    const loaders = typeof token === 'symbol' ? (this.#loaders.get(token) ?? []) : [];
    for (const loader of loaders) {
      let loading = this.#loading.get(loader);
      if (loading === undefined) {
        loading = loader().then((module) => container.load(module));
        this.#loading.set(loader, loading);
      }
      await loading;
    }
    return container;
  }
}

interface Closeable {
  close(): Promise<void>;
}

const isCloseable = (service: object): service is Closeable =>
  'close' in service && typeof service.close === 'function';

/** Runs `work` with the services of a command and closes them afterwards, whatever happens. */
export async function withServices<Result>(
  context: CommandContext,
  flags: ServiceFlags,
  work: (services: Services) => Promise<Result>,
): Promise<Result> {
  const services = await Services.open(context, flags);
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}
