import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CancelledError, StorageFailedError } from '@plimsoll/domain';
import { expect, it } from 'vitest';
import { ThreadedMeasurementStore } from '../src/thread/threaded-measurement-store.js';
import { everyKind, measurement } from './measurement.js';
import { openStore, storeFile } from './store-file.js';
import { threadedStores } from './threaded-store.js';

const openThreadedStore = threadedStores();

it('keeps what every kind of measurement says, where any other store finds it', async () => {
  const path = storeFile();
  const threaded = openThreadedStore(path);
  await threaded.append(everyKind());
  expect(await openStore(path).query()).toEqual(await threaded.query());
  expect(await threaded.query()).toEqual(everyKind().toReversed());
});

it('fails as the store on its thread does, with the way out', async () => {
  const path = storeFile();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'no database at all, but long enough to be looked at as one');
  const failed = await openThreadedStore(path)
    .query()
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(StorageFailedError);
  const { message, hint } = failed as StorageFailedError;
  expect([message, hint]).toEqual([expect.stringContaining('is damaged'), expect.stringContaining('Move')]);
});

it('lets go of what is cancelled while it is done', async () => {
  const store = openThreadedStore();
  const leave = new AbortController();
  const asked = store.query({}, { signal: leave.signal });
  leave.abort();
  await expect(asked).rejects.toBeInstanceOf(CancelledError);
  expect(await store.query()).toEqual([]);
});

it('waits for what was appended before it closes, and can be opened again', async () => {
  const path = storeFile();
  const store = openThreadedStore(path);
  const appended = store.append([measurement({ id: 'a' })]);
  await store.close();
  await appended;
  expect(await store.query()).toHaveLength(1);
});

it('says so when its thread ends, and starts another', async () => {
  const broken = storeFile();
  mkdirSync(dirname(broken), { recursive: true });
  const file = `${broken}.mjs`;
  writeFileSync(
    file,
    `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(1));`,
  );
  const store = new ThreadedMeasurementStore(broken, { file });
  for (let turn = 0; turn < 2; turn += 1) {
    await expect(store.append([measurement()])).rejects.toMatchObject({
      code: 'storage-failed',
      message: `The thread that keeps the measurements in ${broken} ended.`,
    });
  }
  await store.close();
});
