import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { askAServer } from '../examples/ask-a-server.js';
import { startOpenAiServer } from './openai-server.js';

const file = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

test("the README's example is the one that is run here", async () => {
  const block = /```ts\n([\s\S]*?)```/.exec(await file('README.md'))?.[1];
  expect(block).toBe(await file('examples/ask-a-server.ts'));
});

test('the example prints the answer and how fast it came', async () => {
  const server = await startOpenAiServer();
  let printed = '';
  await askAServer(server.baseUrl, (text) => (printed += text));
  expect(printed).toMatch(/^tale-1b \(level unknown\): a fox who lived .*\n32 tokens, first after [\d.]+ ms$/);
  await server.close();
});
