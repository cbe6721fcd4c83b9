import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { movedOllama } from './take-over.js';

it('finds an Ollama that was moved', async () => {
  const server = createServer((_request, response) => response.end('{"version":"0.34.2"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await movedOllama(`127.0.0.1:${port}`)).toBe(`http://127.0.0.1:${port}`);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(movedOllama(`127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'backend-unreachable' });
});

it.each(['localhost:11434', 'http://127.0.0.1:11434', 'http://['])('refuses %s', async (address) => {
  await expect(movedOllama(address)).rejects.toMatchObject({ code: 'invalid-input' });
});
