import type { BackendDescriptor } from '@plimsoll/di';

/** An Ollama server. */
export const backend: BackendDescriptor = {
  id: 'ollama',
  settings: ['ollamaHost', 'registryLookups'],
  variantNames: 'tag',
  runsFiles: false,
  downloads: true,
  async module({ ollamaHost, registryLookups }, tools) {
    const { ollamaModule } = await import('./inversify.js');
    return ollamaModule({ host: ollamaHost, ...tools, ...(registryLookups ? {} : { registry: null }) });
  },
};
