import { readFileSync } from 'node:fs';
import { sampleModelPath } from '@plimsoll/sample-model';
import { expect, test } from 'vitest';
import { makeAndAsk } from '../examples/make-and-ask.js';
import { recordings, replay } from './support/recording.js';

test('the example of the README is the file in examples', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  expect(read('../README.md')).toContain(`\`\`\`ts\n${read('../examples/make-and-ask.ts')}\`\`\``);
});

test.each(recordings('example'))('the example works on recorded answers of $server', async (recorded) => {
  const server = await replay(recorded);
  const printed: string[] = [];
  await makeAndAsk(server.host, sampleModelPath(), 'fable:5m', (text) => printed.push(text));
  await server.stop();
  expect(printed).toEqual(expect.arrayContaining(['quantizing', 'writing manifest', '8 tokens']));
  expect(printed.at(-1)).toMatch(/^fable:5m-q4_K_M Q4_K_M \d+ bytes$/);
});
