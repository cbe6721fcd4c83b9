import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serve } from '../examples/serve.js';

const file = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

test("the README's example is the one that is run here", async () => {
  const block = /```ts\n([\s\S]*?)```/.exec(await file('README.md'))?.[1];
  expect(block).toBe(await file('examples/serve.ts'));
});

test('the example serves until it is closed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-http-example-'));
  const configPath = join(folder, 'config.json');
  await writeFile(configPath, JSON.stringify({ store: { file: join(folder, 'measurements.db') } }));
  const lines: string[] = [];
  const server = await serve(configPath, (line) => lines.push(line));
  expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'ok' });
  await server.close();
  expect(lines).toEqual([`Listening at ${server.url}`, 'GET /health 200']);
  await rm(folder, { recursive: true });
});
