import { ManualClock, TEST_SETTINGS } from '@plimsoll/testing';
import { expect, test } from 'vitest';
import { ChoiceCache, type FoundChoice } from './choice-cache.js';

const found = (variant: string, isInstalled = true): FoundChoice => ({
  choice: { variant, level: null, digest: null, made: null, reason: 'settings' },
  isInstalled,
});

const cached = () => {
  const clock = new ManualClock();
  const cache = new ChoiceCache(clock);
  const asked: boolean[] = [];
  const get = async (result: FoundChoice, settings = TEST_SETTINGS, key = 'tale'): Promise<string> => {
    const { variant } = await cache.get(settings, [key], async (background) => {
      asked.push(background);
      return result;
    });
    return variant;
  };
  return { clock, cache, asked, get };
};

test('a variant that is installed is looked for once', async () => {
  const { asked, get } = cached();
  expect([await get(found('a')), await get(found('b'))]).toEqual(['a', 'a']);
  expect(asked).toEqual([false]);
});

test('after a minute it is given as before and looked for in the background', async () => {
  const { asked, clock, get } = cached();
  await get(found('a'));
  clock.advance(60_001);
  expect(await get(found('b'))).toBe('a');
  expect(await get(found('c'))).toBe('b');
  expect(asked).toEqual([false, true]);
});

test('what is not installed, other settings, and what is forgotten are looked for', async () => {
  const { asked, cache, get } = cached();
  await get(found('a', false));
  await get(found('b'));
  expect(await get(found('c'), { ...TEST_SETTINGS })).toBe('c');
  cache.clear();
  expect(await get(found('d'))).toBe('d');
  expect(asked).toEqual([false, false, false, false]);
});

test('of many models the oldest is forgotten', async () => {
  const { asked, get } = cached();
  for (let index = 0; index <= 256; index += 1) await get(found('a'), TEST_SETTINGS, `model ${index}`);
  await get(found('b'), TEST_SETTINGS, 'model 256');
  expect(asked).toHaveLength(257);
  await get(found('b'), TEST_SETTINGS, 'model 0');
  expect(asked).toHaveLength(258);
});
