import { MODEL_CATALOG, MODEL_INSPECTOR, MODEL_RUNTIME, VARIANT_BUILDER } from '@plimsoll/di';
import type { ModelInspector } from '@plimsoll/domain';
import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { OllamaVariantBuilder, type OllamaVariantBuilderOptions } from './builder/ollama-variant-builder.js';
import { OllamaCatalog } from './catalog/ollama-catalog.js';
import { OllamaRegistry, type OllamaRegistryOptions } from './catalog/ollama-registry.js';
import { HostsBuilder } from './hosts/hosts-builder.js';
import { HostsRuntime } from './hosts/hosts-runtime.js';
import { OllamaHost } from './hosts/ollama-host.js';
import { OllamaHosts } from './hosts/ollama-hosts.js';
import { OllamaInspector } from './inspector/ollama-inspector.js';
import { OllamaApi } from './ollama-api.js';
import type { OllamaOptions } from './ollama-options.js';
import { OllamaRuntime } from './runtime/ollama-runtime.js';
import { serverAddress } from './server-address.js';

/** The one connection that all of them share. */
export const OLLAMA_API: ServiceIdentifier<OllamaApi> = Symbol.for('@plimsoll/adapter-ollama/OllamaApi');

/** The servers, where there are several. */
const OLLAMA_HOSTS: ServiceIdentifier<OllamaHosts> = Symbol.for('@plimsoll/adapter-ollama/OllamaHosts');

/** The server, and what else to use. */
export interface OllamaModuleOptions extends OllamaOptions {
  /** Addresses of further servers; whichever can answers. */
  readonly others?: readonly string[] | undefined;
  /** The library to ask for variants that are not installed; null asks nobody, and nothing is pulled. Default: Ollama's own. */
  readonly registry?: OllamaRegistryOptions | null | undefined;
  /** Reads GGUF files on this machine. */
  readonly files?: ModelInspector | undefined;
  /** Quantizes GGUF files on this machine, for levels that the server does not make. */
  readonly quantizer?: OllamaVariantBuilderOptions['quantizer'];
}

/** Binds Ollama as model runtime, catalogue, variant builder, and as one of the inspectors. */
export function ollamaModule(options: OllamaModuleOptions = {}): ContainerModule {
  return (options.others ?? []).length === 0 ? oneServer(options) : severalServers(options);
}

function oneServer(options: OllamaModuleOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    const registry = registryOf(options);
    bind(OLLAMA_API)
      .toResolvedValue(() => new OllamaApi(options))
      .inSingletonScope()
      .onDeactivation(async (api) => {
        await Promise.all([api.close(), registry?.close()]);
      });
    bind(MODEL_RUNTIME)
      .toResolvedValue((api) => new OllamaRuntime(api), [OLLAMA_API])
      .inSingletonScope();
    bind(MODEL_CATALOG)
      .toResolvedValue((api) => new OllamaCatalog(api, registry), [OLLAMA_API])
      .inSingletonScope();
    bind(MODEL_INSPECTOR)
      .toResolvedValue((api) => new OllamaInspector(api, options.files), [OLLAMA_API])
      .inSingletonScope();
    bind(VARIANT_BUILDER)
      .toResolvedValue((api) => new OllamaVariantBuilder(api, builderOptions(options, registry)), [OLLAMA_API])
      .inSingletonScope();
  });
}

function severalServers({ others = [], ...options }: OllamaModuleOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    const registry = registryOf(options);
    bind(OLLAMA_HOSTS)
      .toResolvedValue(() => openHosts([options.host, ...others], options))
      .inSingletonScope()
      .onDeactivation(async (hosts) => {
        await Promise.all([hosts.close(), registry?.close()]);
      });
    bind(MODEL_RUNTIME)
      .toResolvedValue((hosts) => new HostsRuntime(hosts), [OLLAMA_HOSTS])
      .inSingletonScope();
    bind(MODEL_CATALOG)
      .toResolvedValue((hosts) => new OllamaCatalog(hosts, registry), [OLLAMA_HOSTS])
      .inSingletonScope();
    bind(MODEL_INSPECTOR)
      .toResolvedValue((hosts) => new OllamaInspector(hosts, options.files), [OLLAMA_HOSTS])
      .inSingletonScope();
    bind(VARIANT_BUILDER)
      .toResolvedValue(
        (hosts) =>
          new HostsBuilder(hosts, ({ api }) => new OllamaVariantBuilder(api, builderOptions(options, registry))),
        [OLLAMA_HOSTS],
      )
      .inSingletonScope();
  });
}

/** Servers by their addresses, each once, in this order. */
export function openHosts(hosts: readonly (string | undefined)[], options: OllamaOptions = {}): OllamaHosts {
  const clock = options.clock ?? { monotonicMs: () => performance.now() };
  const addresses = [...new Set(hosts.map(serverAddress))];
  return new OllamaHosts(addresses.map((host) => new OllamaHost(new OllamaApi({ ...options, host }), clock)));
}

const registryOf = ({ registry }: OllamaModuleOptions): OllamaRegistry | null =>
  registry === null ? null : new OllamaRegistry(registry);

const builderOptions = (
  { files, quantizer }: OllamaModuleOptions,
  registry: OllamaRegistry | null,
): OllamaVariantBuilderOptions => ({ registry: registry ?? undefined, pulls: registry !== null, files, quantizer });
