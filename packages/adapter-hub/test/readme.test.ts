import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { listLevels } from '../examples/list-levels.js';
import { HuggingFaceHub } from '../src/index.js';
import { LOCAL, startRangeServer } from './support.js';

const file = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

test('the example of the README is the one that is run here', async () => {
  const block = /```ts\n([\s\S]*?)```/.exec(await file('README.md'))?.[1];
  expect(block).toBe(await file('examples/list-levels.ts'));
});

test('the example lists levels with their sizes', async () => {
  const server = await startRangeServer();
  const json = [{ type: 'file', path: 'm-Q8_0.gguf', size: 9 }];
  server.routes.set('/api/models/a/b/tree/main?recursive=true', { json });
  const hub = new HuggingFaceHub({ baseUrl: server.baseUrl, access: LOCAL });
  expect(await listLevels('a/b', hub)).toEqual(['hf.co/a/b:Q8_0: Q8_0, 9 bytes']);
  await server.close();
});
