import { expect, test } from 'vitest';
import { sensitivityPriors } from './sensitivity-priors.js';

function cacheOf(texts: Map<string, string>) {
  return {
    read: async (key: string) => texts.get(key) ?? null,
    write: async (key: string, text: string) => void texts.set(key, text),
  };
}

test('what was measured of an architecture is read again, and of no other', async () => {
  const priors = sensitivityPriors(cacheOf(new Map()));
  const prior = { source: 'a', kinds: { 'attn_v.weight': [0.2, 0.1] }, inputs: { attention: 0.4 } };
  await priors.write('llama', prior);
  expect(await priors.read('llama')).toEqual(prior);
  expect(await priors.read('qwen3')).toBeNull();
});

test.each([
  'nonsense',
  '{}',
  '{"source":"a","kinds":{"x":[]},"inputs":{}}',
  '{"source":"a","kinds":{"x":[-1]},"inputs":{}}',
  '{"source":"a","kinds":{},"inputs":{"x":"1"}}',
])('%s counts as not measured', async (text) => {
  const priors = sensitivityPriors({ read: async () => text, write: async () => undefined });
  expect(await priors.read('llama')).toBeNull();
});
