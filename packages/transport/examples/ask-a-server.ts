import { BackendFailedError } from '@plimsoll/domain';
import { HttpClient, undiciTransport } from '@plimsoll/transport';

/** Asks a server for its version; whatever goes wrong comes as a Plimsoll error. */
export async function askAServer(address: string): Promise<unknown> {
  const http = new HttpClient({
    address,
    transport: undiciTransport({ connectMs: 2_000 }),
    name: 'example',
    startHint: 'Start it, or check the address.',
    refused: ({ status, text }) => new BackendFailedError(`HTTP ${status}: ${text}`),
  });
  try {
    return await http.json({ method: 'GET', path: '/version', task: 'give its version', limitMs: 5_000 });
  } finally {
    await http.close();
  }
}
