import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { askAServer } from '../examples/ask-a-server.js';

const file = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

test('the example of the README is the one that is run here', async () => {
  const block = /```ts\n([\s\S]*?)```/.exec(await file('README.md'))?.[1];
  expect(block).toBe(await file('examples/ask-a-server.ts'));
});

test('the example gives the answer, and an error of ours for a refusal and for silence', async () => {
  let status = 200;
  const server = createServer((_, response) => response.writeHead(status).end('{"version":"1.2.3"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await askAServer(address)).toEqual({ version: '1.2.3' });
  status = 500;
  await expect(askAServer(address)).rejects.toMatchObject({ code: 'backend-failed' });
  await new Promise((resolve) => server.close(resolve));
  await expect(askAServer(address)).rejects.toMatchObject({ code: 'backend-unreachable' });
});
