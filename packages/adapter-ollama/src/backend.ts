import type { BackendDescriptor } from '@plimsoll/di';
import { serverAddress } from './server-address.js';

/** An Ollama server. */
export const backend: BackendDescriptor = {
  id: 'ollama',
  settings: ['ollamaHost', 'registryLookups'],
  variantNames: 'tag',
  runsFiles: false,
  downloads: true,
  runsHere: ({ ollamaHost }) => isOwn(ollamaHost),
  async module({ ollamaHost, registryLookups }, tools) {
    const { ollamaModule } = await import('./inversify.js');
    return ollamaModule({ host: ollamaHost, ...tools, ...(registryLookups ? {} : { registry: null }) });
  },
};

function isOwn(host: string): boolean {
  const { hostname } = new URL(serverAddress(host));
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
