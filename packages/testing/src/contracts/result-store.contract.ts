import type { ResultStore } from '@plimsoll/domain';
import { afterEach, describe, expect, test } from 'vitest';

/** What every result store does. `open` gives an empty store each time; the suite closes it. */
export function describeResultStoreContract(
  name: string,
  open: () => ResultStore<unknown> | Promise<ResultStore<unknown>>,
): void {
  describe(`${name} is a ResultStore`, () => {
    let opened: ResultStore<unknown> | null = null;
    const store = async (): Promise<ResultStore<unknown>> => (opened = await open());
    afterEach(async () => {
      await opened?.close();
      opened = null;
    });

    test('gives back what was put, to the letter, and null for what was not', async () => {
      const kept = await store();
      const value = { text: 'Grüße 🐈 \u0000 \n "x"', numbers: [0.1, -1, 1e21], nothing: null, deep: { a: [{}] } };
      expect(await kept.get('a')).toBeNull();
      await kept.put('a', value);
      expect(await kept.get('a')).toEqual(value);
      expect(await kept.get('A')).toBeNull();
    });

    test('keeps one for a key: the later', async () => {
      const kept = await store();
      await Promise.all(Array.from({ length: 20 }, (_, index) => kept.put('same', index)));
      await kept.put('same', 'last');
      expect(await kept.getMany(['same'])).toEqual(new Map([['same', 'last']]));
    });

    test('gives many at once, those that are there', async () => {
      const kept = await store();
      const keys = Array.from({ length: 300 }, (_, index) => `["k",${index},"a b\\u00e4"]`);
      for (const key of keys) await kept.put(key, { key });
      const found = await kept.getMany([...keys, 'missing']);
      expect([...found.keys()].sort()).toEqual([...keys].sort());
      for (const key of keys) expect(found.get(key)).toEqual({ key });
      expect(await kept.getMany([])).toEqual(new Map());
    });

    test('removes what is asked for, which can be put again', async () => {
      const kept = await store();
      await kept.put('a', 1);
      await kept.put('b', 2);
      await kept.remove(['a', 'missing']);
      expect([await kept.get('a'), await kept.get('b')]).toEqual([null, 2]);
      await kept.put('a', 3);
      expect(await kept.get('a')).toBe(3);
    });

    test('refuses what was cancelled before', async () => {
      const kept = await store();
      const options = { signal: AbortSignal.abort() };
      await expect(kept.put('a', 1, options)).rejects.toMatchObject({ code: 'cancelled' });
      expect(await kept.get('a')).toBeNull();
    });
  });
}
