import type {
  BuildMethod,
  BuildOptions,
  BuildRequest,
  BuiltVariant,
  CallOptions,
  CatalogOptions,
  VariantBuilder,
} from '@plimsoll/domain';
import type { OllamaVariantBuilder } from '../builder/ollama-variant-builder.js';
import type { OllamaHost } from './ollama-host.js';
import type { OllamaHosts } from './ollama-hosts.js';

/** Makes a variant on the server that has what it is made from, else on the first that answers. */
export class HostsBuilder implements VariantBuilder {
  readonly #hosts: OllamaHosts;
  readonly #builders = new Map<OllamaHost, OllamaVariantBuilder>();
  readonly #builderOf: (host: OllamaHost) => OllamaVariantBuilder;

  constructor(hosts: OllamaHosts, builderOf: (host: OllamaHost) => OllamaVariantBuilder) {
    this.#hosts = hosts;
    this.#builderOf = builderOf;
  }

  async methods(request: BuildRequest, options: CatalogOptions = {}): Promise<readonly BuildMethod[]> {
    return this.#builder(await this.#host(request, options)).methods(request, options);
  }

  async build(request: BuildRequest, options: BuildOptions = {}): Promise<BuiltVariant> {
    const host = await this.#host(request, options);
    try {
      return await this.#builder(host).build(request, options);
    } finally {
      host.forget();
    }
  }

  async dryRun(request: BuildRequest, options: CallOptions = {}): Promise<{ readonly sizeBytes: number } | null> {
    return this.#builder(await this.#host(request, options)).dryRun(request, options);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#builders.values()].map((builder) => builder.close()));
  }

  async #host({ source }: BuildRequest, options: CallOptions): Promise<OllamaHost> {
    return (await this.#hosts.inOrder(source, options))[0] ?? this.#hosts.home;
  }

  #builder(host: OllamaHost): OllamaVariantBuilder {
    let builder = this.#builders.get(host);
    if (builder === undefined) this.#builders.set(host, (builder = this.#builderOf(host)));
    return builder;
  }
}
