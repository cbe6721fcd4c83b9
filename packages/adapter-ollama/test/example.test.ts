import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeAndAsk } from '../examples/make-and-ask.js';
import { recording, replay } from './support/recording.js';

test('the example of the README is the file in examples, and works on recorded answers', async () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  expect(read('../README.md')).toContain(`\`\`\`ts\n${read('../examples/make-and-ask.ts')}\`\`\``);

  const server = await replay(recording('example'));
  const printed: string[] = [];
  await makeAndAsk(server.host, 'fable:5m-fp16', (text) => printed.push(text));
  await server.stop();
  expect(printed).toContain('writing manifest');
  expect(printed).toContain('8 tokens');
  expect(printed.at(-1)).toMatch(/^fable:5m-\S+ \S+ \d+ bytes$/);
});
