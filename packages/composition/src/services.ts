import { InvalidInputError } from '@plimsoll/domain';
import type { Container, ContainerModule, ServiceIdentifier } from 'inversify';
import { closeService } from './close-service.js';

/** Imports an adapter and gives what it binds. */
export type ModuleLoader = () => Promise<ContainerModule>;

/** What binds each token; where several bind one, the best first. */
export type ModuleTable = ReadonlyMap<ServiceIdentifier<object>, readonly ModuleLoader[]>;

/** Makes a service without the container. */
export type ServiceMaker = () => Promise<object>;

/** What services are made of. */
export interface ServicesOptions {
  readonly modules: ModuleTable;
  /** Objects that exist already; they win over modules, and whoever gave them closes them. */
  readonly constants?: ReadonlyMap<ServiceIdentifier<object>, object> | undefined;
  /**
   * What a plan of a file needs: made when it is first asked for, without the container, which takes longer to load than
   * all of it. Modules cannot inject these; they are closed as what the container makes.
   */
  readonly makers?: ReadonlyMap<ServiceIdentifier<object>, ServiceMaker> | undefined;
  /** Where tokens are looked up that are not bound here. */
  readonly parent?: Services | undefined;
}

/**
 * Services by token. An adapter is imported and bound when something of it is first asked for, so that a command pays
 * for what it uses only; the container closes whatever it has made.
 */
export class Services {
  readonly #modules: ModuleTable;
  readonly #constants: ReadonlyMap<ServiceIdentifier<object>, object>;
  readonly #makers: ReadonlyMap<ServiceIdentifier<object>, ServiceMaker>;
  readonly #made = new Map<ServiceMaker, Promise<object>>();
  readonly #parent: Services | null;
  readonly #loading = new Map<ModuleLoader, Promise<void>>();
  #container: Promise<Container> | null = null;
  #closed: Promise<void> | null = null;
  readonly #endings: (() => void)[] = [];

  constructor({ modules, constants = new Map(), makers = new Map(), parent }: ServicesOptions) {
    this.#modules = modules;
    this.#constants = constants;
    this.#makers = makers;
    this.#parent = parent ?? null;
  }

  /** The service behind a token. @throws InvalidInputError after `close` */
  async get<Service extends object>(token: ServiceIdentifier<Service>): Promise<Service> {
    this.#requireOpen();
    const constant = await this.#given(token);
    if (constant !== undefined) return constant;
    if (this.#parent !== null && !this.#modules.has(token)) return this.#parent.get(token);
    return (await this.#bound(token)).getAsync(token);
  }

  /** The service behind a token, or null where the backend has none. */
  async find<Service extends object>(token: ServiceIdentifier<Service>): Promise<Service | null> {
    this.#requireOpen();
    const constant = await this.#given(token);
    if (constant !== undefined) return constant;
    const container = await this.#bound(token);
    return container.isBound(token) ? container.getAsync(token) : null;
  }

  /** All services behind a token, best first. */
  async getAll<Service extends object>(token: ServiceIdentifier<Service>): Promise<readonly Service[]> {
    this.#requireOpen();
    const constant = await this.#given(token);
    if (constant !== undefined) return [constant];
    const container = await this.#bound(token);
    return container.isBound(token) ? container.getAllAsync(token) : [];
  }

  /** Calls `end` when this is closed. */
  onClose(end: () => void): void {
    this.#endings.push(end);
  }

  /** Closes whatever was made here; nothing is made afterwards. */
  close(): Promise<void> {
    this.#closed ??= this.#unbind();
    return this.#closed;
  }

  async #unbind(): Promise<void> {
    for (const end of this.#endings) end();
    const container = await this.#container;
    await Promise.allSettled(this.#loading.values());
    for (const made of await Promise.allSettled(this.#made.values())) {
      if (made.status === 'fulfilled') await closeService(made.value);
    }
    await container?.unbindAllAsync();
  }

  #requireOpen(): void {
    if (this.#closed === null) return;
    throw new InvalidInputError('Plimsoll was closed; nothing can be asked of it any more.', {
      hint: 'Close it after the last call, or open another one.',
    });
  }

  /** The maps' types cannot say that each value is of its token's type; `openPlimsoll` puts in what is. */
  async #given<Service extends object>(token: ServiceIdentifier<Service>): Promise<Service | undefined> {
    const constant = this.#constants.get(token);
    const make = this.#makers.get(token);
    if (constant !== undefined || make === undefined) return constant as Service | undefined;
    let making = this.#made.get(make);
    if (making === undefined) {
      making = make();
      this.#made.set(make, making);
      making.catch(() => this.#made.delete(make));
    }
    return (await making) as Service;
  }

  /** The container, with what binds the token loaded into it: in order, each module once. */
  async #bound(token: ServiceIdentifier<object>): Promise<Container> {
    const container = await this.#opened();
    for (const loader of this.#modules.get(token) ?? []) {
      let loading = this.#loading.get(loader);
      if (loading === undefined) {
        loading = loader().then((module) => container.loadAsync(module));
        this.#loading.set(loader, loading);
        loading.catch(() => this.#loading.delete(loader));
      }
      await loading;
    }
    this.#requireOpen();
    return container;
  }

  #opened(): Promise<Container> {
    this.#container ??= this.#open();
    return this.#container;
  }

  async #open(): Promise<Container> {
    const { createContainer } = await import('./container.js');
    const parent = this.#parent === null ? null : await this.#parent.#opened();
    return createContainer(this.#modules.keys(), parent);
  }
}
