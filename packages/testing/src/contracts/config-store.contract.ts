import type { ConfigStore } from '@plimsoll/domain';
import { describe, expect, test } from 'vitest';

/** What every configuration store does. `create` gives a store without any setting of its own each time. */
export function describeConfigStoreContract(name: string, create: () => ConfigStore | Promise<ConfigStore>): void {
  describe(`${name} is a ConfigStore`, () => {
    test('has a value for every setting, each with its origin', async () => {
      const { settings, origins, path } = await (await create()).load();
      expect(Object.keys(origins).sort()).toEqual(Object.keys(settings).sort());
      expect(path).not.toBe('');
    });

    test('loads what was saved, and leaves everything else as it was', async () => {
      const store = await create();
      const before = (await store.load()).settings;
      const saved = await store.save({ quantizationBits: 8, contextTokens: 2048 });
      expect(saved.settings).toEqual({ ...before, quantizationBits: 8, contextTokens: 2048 });
      expect((await store.load()).settings).toEqual(saved.settings);
      expect((await store.save({ contextTokens: null })).settings.contextTokens).toBeNull();
    });

    test('a field that is undefined changes nothing', async () => {
      const store = await create();
      await store.save({ quantizationBits: 8 });
      expect((await store.save({ quantizationBits: undefined })).settings.quantizationBits).toBe(8);
    });

    test('saves that are asked for at once are all kept', async () => {
      const store = await create();
      await Promise.all([store.save({ quantizationBits: 8 }), store.save({ contextTokens: 4096 })]);
      expect((await store.load()).settings).toMatchObject({ quantizationBits: 8, contextTokens: 4096 });
    });

    test('refuses what was cancelled before, and writes nothing of it', async () => {
      const store = await create();
      const { settings } = await store.load();
      const options = { signal: AbortSignal.abort() };
      await expect(store.load(options)).rejects.toMatchObject({ code: 'cancelled' });
      await expect(store.save({ quantizationBits: 8 }, options)).rejects.toMatchObject({ code: 'cancelled' });
      expect((await store.load()).settings).toEqual(settings);
    });

    test('watching ends with its signal', async () => {
      const store = await create();
      await store.load();
      const abort = new AbortController();
      const changes = store.watch({ signal: abort.signal })[Symbol.asyncIterator]();
      const next = changes.next();
      abort.abort();
      expect((await next).done).toBe(true);
    });
  });
}
