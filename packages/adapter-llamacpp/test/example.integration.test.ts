import { readFileSync } from 'node:fs';
import { sampleModelPath } from '@plimsoll/sample-model';
import { expect, test } from 'vitest';
import { makeAndMeasure } from '../examples/make-and-measure.js';
import { temporaryFolder } from './support/settings.js';

const folder = await temporaryFolder();

test('the example of the README is the file in examples, and works', async () => {
  const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
  expect(read('../README.md')).toContain(`\`\`\`ts\n${read('../examples/make-and-measure.ts')}\`\`\``);
  const printed: string[] = [];
  await makeAndMeasure(sampleModelPath(), folder, (text) => printed.push(text));
  // The size on the sample model's card.
  expect(printed[0]).toBe('tale-q4_k_m: 3742400 bytes');
  expect(printed[1]).toMatch(/^\d+ bytes when loaded$/);
  expect(printed.slice(2).join('').length).toBeGreaterThan(10);
});
