import { InMemoryModelRuntime, installedVariant } from '@plimsoll/testing';
import { expect, test } from 'vitest';
import { ownCorpus } from './own-corpus.js';

const cacheOf = (texts: Map<string, string>): Parameters<typeof ownCorpus>[1] => ({
  read: async (key) => texts.get(key) ?? null,
  write: async (key, text) => void texts.set(key, text),
});

test('the reference level writes the text once, with fixed seeds; later it is read', async () => {
  const runtime = new InMemoryModelRuntime({ variants: [installedVariant({ name: 'tale:1b-fp16' })] });
  const texts = new Map<string, string>();
  const request = { variant: 'tale:1b-fp16', key: 'sha256:1', tokens: 1000 };
  const first = await ownCorpus(runtime, cacheOf(texts), request);
  expect(runtime.requests.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5]);
  expect(await ownCorpus(runtime, cacheOf(texts), request)).toBe(first);
  expect(runtime.requests).toHaveLength(5);
});

test('what is interrupted is not kept', async () => {
  const runtime = new InMemoryModelRuntime({ variants: [installedVariant({ name: 'tale:1b-fp16' })] });
  const texts = new Map<string, string>();
  const work = ownCorpus(
    runtime,
    cacheOf(texts),
    { variant: 'tale:1b-fp16', key: 'k', tokens: 1000 },
    { signal: AbortSignal.abort() },
  );
  await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  expect(texts.size).toBe(0);
});
