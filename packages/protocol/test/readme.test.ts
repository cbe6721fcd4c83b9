import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readAStream } from '../examples/read-a-stream.js';

const file = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

test('the example of the README is the one that is run here', async () => {
  const block = /```ts\n([\s\S]*?)```/.exec(await file('README.md'))?.[1];
  expect(block).toBe(await file('examples/read-a-stream.ts'));
  expect(await readAStream()).toBe('Once upon a time');
});
