import { mayAnswerElsewhere } from '@plimsoll/domain';
import type {
  CallOptions,
  EmbedResult,
  GenerateEvent,
  GenerateRequest,
  InstalledVariant,
  LoadOptions,
  ModelRuntime,
  NativeApis,
  ResidentModel,
  RuntimeCapabilities,
  RuntimeInfo,
} from '@plimsoll/domain';
import { sameOllamaName } from '../model-name.js';
import { installedVariant } from '../runtime/installed-variant.js';
import type { OllamaHosts } from './ollama-hosts.js';

/** Runs models on several Ollama servers. Before an answer has begun, another server may take it over. */
export class HostsRuntime implements ModelRuntime {
  readonly id = 'ollama';
  readonly #hosts: OllamaHosts;

  constructor(hosts: OllamaHosts) {
    this.#hosts = hosts;
  }

  get capabilities(): RuntimeCapabilities {
    return this.#hosts.home.runtime.capabilities;
  }

  get apis(): NativeApis {
    const { apis } = this.#hosts.home.runtime;
    return { ...apis, hostsOf: (variant, options) => this.#hosts.inOrder(variant, options) };
  }

  /** Of the first server that answers. */
  async info(options: CallOptions = {}): Promise<RuntimeInfo> {
    const seen = await this.#hosts.look(options);
    const silent = seen.filter(({ view }) => view === null).map(({ host }) => host.address);
    return { ...(await this.#hosts.home.runtime.info(options)), silent };
  }

  async list(options: CallOptions = {}): Promise<readonly InstalledVariant[]> {
    return (await this.#hosts.tags(options)).map(installedVariant);
  }

  async find(name: string, options: CallOptions = {}): Promise<InstalledVariant | null> {
    return (await this.list(options)).find((variant) => sameOllamaName(variant.name, name)) ?? null;
  }

  /** A model that is resident in two places holds memory twice. */
  async resident(options: CallOptions = {}): Promise<readonly ResidentModel[]> {
    const models = new Map<string, ResidentModel>();
    for (const { view } of await this.#hosts.look(options)) {
      for (const model of view?.resident ?? []) {
        const other = models.get(model.name);
        models.set(model.name, other === undefined ? model : together(other, model));
      }
    }
    return [...models.values()];
  }

  load(name: string, load: LoadOptions = {}, options: CallOptions = {}): Promise<{ readonly loadMs: number }> {
    return this.#hosts.first(
      name,
      async (host) => {
        const loaded = await host.runtime.load(name, load, options);
        host.forget();
        return loaded;
      },
      options,
    );
  }

  /** Everywhere. */
  async unload(name: string, options: CallOptions = {}): Promise<void> {
    const seen = await this.#hosts.look(options);
    const holding = seen.filter(
      ({ view }) => view?.resident.some((model) => sameOllamaName(model.name, name)) === true,
    );
    await Promise.all(
      holding.map(async ({ host }) => {
        await host.runtime.unload(name, options);
        host.forget();
      }),
    );
  }

  async *generate(request: GenerateRequest, options: CallOptions = {}): AsyncIterable<GenerateEvent> {
    const hosts = await this.#hosts.inOrder(request.model, options);
    for (const [index, host] of hosts.entries()) {
      const end = host.begin();
      let failure: unknown = null;
      let hasBegun = false;
      try {
        for await (const event of host.runtime.generate(request, options)) {
          hasBegun = true;
          yield event;
        }
        return;
      } catch (error) {
        failure = error;
        if (hasBegun || index === hosts.length - 1 || !mayAnswerElsewhere(error)) throw error;
      } finally {
        end(failure);
      }
    }
  }

  embed(model: string, texts: readonly string[], options: CallOptions = {}): Promise<EmbedResult> {
    return this.#hosts.first(model, ({ runtime }) => runtime.embed(model, texts, options), options);
  }

  async close(): Promise<void> {
    await this.#hosts.close();
  }
}

const sum = (left: number | null, right: number | null): number | null =>
  left === null || right === null ? null : left + right;

const together = (left: ResidentModel, right: ResidentModel): ResidentModel => ({
  ...left,
  sizeBytes: sum(left.sizeBytes, right.sizeBytes),
  deviceBytes: sum(left.deviceBytes, right.deviceBytes),
});
