import type { BackendDescriptor } from '@plimsoll/di';
import { serverAddress } from './server-address.js';

/** An Ollama server. */
export const backend: BackendDescriptor = {
  id: 'ollama',
  settings: ['ollamaHost', 'ollamaHosts', 'registryLookups'],
  variantNames: 'tag',
  runsFiles: false,
  downloads: true,
  runsHere: ({ ollamaHost, ollamaHosts }) => [ollamaHost, ...ollamaHosts].every(isOwn),
  async module({ ollamaHost, ollamaHosts, registryLookups }, tools) {
    const { ollamaModule } = await import('./inversify.js');
    return ollamaModule({
      host: ollamaHost,
      others: ollamaHosts,
      ...tools,
      ...(registryLookups ? {} : { registry: null }),
    });
  },
};

function isOwn(host: string): boolean {
  const { hostname } = new URL(serverAddress(host));
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
