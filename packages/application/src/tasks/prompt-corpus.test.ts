import { InMemoryModelRuntime, installedVariant } from '@plimsoll/testing';
import { expect, test } from 'vitest';
import { promptCorpus } from './prompt-corpus.js';

test('the text is every prompt with the answer to it, written once', async () => {
  const runtime = new InMemoryModelRuntime({ variants: [installedVariant({ name: 'tale:1b-fp16' })] });
  const texts = new Map<string, string>();
  const cache = {
    read: async (key: string) => texts.get(key) ?? null,
    write: async (key: string, text: string) => void texts.set(key, text),
  };
  const request = { variant: 'tale:1b-fp16', key: 'k', prompts: ['Who lives there?', 'And where?'] };
  const text = await promptCorpus(runtime, cache, request);
  expect(text).toMatch(/^Who lives there\?\n\na fox who lived .*\n\nAnd where\?\n\na fox who/su);
  expect(runtime.requests.every(({ temperature }) => temperature === 0)).toBe(true);
  expect(await promptCorpus(runtime, cache, request)).toBe(text);
  expect(runtime.requests).toHaveLength(2);
});
