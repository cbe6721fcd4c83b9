import type { LoadedSettings, Settings } from '@plimsoll/domain';
import { InMemoryConfigStore } from '@plimsoll/testing';
import { expect, test, vi } from 'vitest';
import { SettingsSnapshot } from './settings-snapshot.js';

/** A file that counts how often it is read. */
class CountedStore extends InMemoryConfigStore {
  reads = 0;

  override async load(): Promise<LoadedSettings> {
    this.reads += 1;
    return super.load();
  }
}

test('settings are read once and stay the same object', async () => {
  const base = new CountedStore();
  const snapshot = new SettingsSnapshot(base);
  expect(await snapshot.load()).toBe(await snapshot.load());
  expect(base.reads).toBe(1);
});

test('what is saved holds at once', async () => {
  const snapshot = new SettingsSnapshot(new InMemoryConfigStore());
  await snapshot.load();
  await snapshot.save({ quantizationBits: 16 });
  expect((await snapshot.load()).settings.quantizationBits).toBe(16);
});

test('a change by somebody else is followed and told; one of no consequence is not', async () => {
  const base = new InMemoryConfigStore();
  const snapshot = new SettingsSnapshot(base);
  const before = await snapshot.load();
  const told: Settings[] = [];
  snapshot.follow((settings) => told.push(settings));
  await base.save({});
  // The store in memory listens again once the last change was taken.
  await new Promise((resolve) => setImmediate(resolve));
  await base.save({ threads: 3 });
  await vi.waitFor(() => expect(told.map(({ threads }) => threads)).toEqual([3]));
  expect((await snapshot.load()).settings.threads).toBe(3);
  expect(await snapshot.load()).not.toBe(before);
  await snapshot.close();
});

test('what failed to load is read again, and a file that cannot be followed each time', async () => {
  const base = new CountedStore();
  let fails = true;
  const load = base.load.bind(base);
  base.load = async () => {
    if (fails) throw new Error('half written');
    return load();
  };
  const snapshot = new SettingsSnapshot(base);
  await expect(snapshot.load()).rejects.toThrow('half written');
  fails = false;
  await snapshot.load();
  base.watch = () => {
    throw new Error('no watchers left');
  };
  snapshot.follow(() => undefined);
  await snapshot.load();
  await snapshot.load();
  expect(base.reads).toBe(3);
  await snapshot.close();
});
