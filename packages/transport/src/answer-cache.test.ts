import { expect, test } from 'vitest';
import { AnswerCache } from './answer-cache.js';

test('an answer holds for its time, and a failure for none', async () => {
  let nowMs = 1;
  let asked = 0;
  const cache = new AnswerCache<{ readonly asked: number }>({ holdsMs: 1000, nowMs: () => nowMs });
  const ask = async () => ({ asked: ++asked });
  expect(await cache.answer('a', ask)).toEqual({ asked: 1 });
  expect(await cache.answer('a', ask)).toEqual({ asked: 1 });
  expect(await cache.answer('b', ask)).toEqual({ asked: 2 });
  nowMs = 1002;
  expect(await cache.answer('a', ask)).toEqual({ asked: 3 });
  await expect(cache.answer('c', () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
  expect(await cache.answer('c', ask)).toEqual({ asked: 4 });
});

test('what is not worth keeping is asked again', async () => {
  let asked = 0;
  const cache = new AnswerCache<string>();
  const ask = async () => `unknown ${++asked}`;
  expect(await cache.answer('a', ask, () => false)).toBe('unknown 1');
  expect(await cache.answer('a', ask, () => false)).toBe('unknown 2');
});

test('beyond 500 answers the least recently used go', async () => {
  let asked = 0;
  const cache = new AnswerCache<string>();
  const ask = async () => `answer ${++asked}`;
  for (let key = 0; key < 500; key += 1) await cache.answer(String(key), ask);
  await cache.answer('0', ask);
  await cache.answer('new', ask);
  expect(await cache.answer('0', ask)).toBe('answer 1');
  expect(await cache.answer('1', ask)).toBe('answer 502');
});
