import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SAMPLE_MODEL, sampleCorpusPath, sampleModelPath } from './index.js';

test('the model is the one its card describes', () => {
  const file = readFileSync(sampleModelPath());
  expect(file.byteLength).toBe(SAMPLE_MODEL.fileBytes);
  expect(createHash('sha256').update(file).digest('hex')).toBe(SAMPLE_MODEL.sha256);
});

test('the corpus is text of some length', () => {
  expect(readFileSync(sampleCorpusPath(), 'utf8').length).toBeGreaterThan(60_000);
});
