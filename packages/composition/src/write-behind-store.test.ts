import { StorageFailedError } from '@plimsoll/domain';
import { InMemoryMeasurementStore, generationRecord, speedRecord } from '@plimsoll/testing';
import { expect, test, vi } from 'vitest';
import { WriteBehindStore } from './write-behind-store.js';

function watched(append?: () => Promise<void>) {
  const inner = new InMemoryMeasurementStore();
  const appended = vi.spyOn(inner, 'append');
  if (append !== undefined) appended.mockImplementation(append);
  const lost: unknown[] = [];
  return { inner, appended, lost, store: new WriteBehindStore(inner, (error) => lost.push(error)) };
}

test('records of answers are written together, and who asks is told of all of them', async () => {
  const { store, appended } = watched();
  for (const id of ['a', 'b', 'c']) await store.append([generationRecord({ id })]);
  expect(appended).not.toHaveBeenCalled();
  expect((await store.query()).map(({ id }) => id).toSorted()).toEqual(['a', 'b', 'c']);
  expect(appended).toHaveBeenCalledTimes(1);
  await store.append([generationRecord({ id: 'd' })]);
  expect(await store.aggregate()).toMatchObject([{ total: 4 }]);
});

test('closing writes what waits', async () => {
  const { store, inner } = watched();
  await store.append([generationRecord({ id: 'a' })]);
  await store.close();
  expect(await inner.query()).toHaveLength(1);
});

test('they are written by themselves after a while', async () => {
  const { store, appended } = watched();
  await store.append([generationRecord({ id: 'a' })]);
  await vi.waitFor(() => expect(appended).toHaveBeenCalledTimes(1));
});

test('many of them are handed over a few at a time', async () => {
  const { store, appended } = watched();
  for (let index = 0; index < 120; index += 1) await store.append([generationRecord({ id: `${index}` })]);
  await store.close();
  expect(appended.mock.calls.map(([batch]) => batch.length)).toEqual([50, 50, 20]);
});

test('more than a thousand that are not written are waited for', async () => {
  let write = (): void => undefined;
  const { store } = watched(() => new Promise((resolve) => (write = resolve)));
  for (let index = 0; index < 1000; index += 1) await store.append([generationRecord({ id: `${index}` })]);
  const over = vi.fn();
  void store.append([generationRecord({ id: 'last' })]).then(over);
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).not.toHaveBeenCalled();
  await vi.waitFor(
    () => {
      write();
      expect(over).toHaveBeenCalled();
    },
    { interval: 1 },
  );
});

test('any other measurement is written before it returns', async () => {
  const { store, inner } = watched();
  await store.append([speedRecord(1, { id: 'a' })]);
  expect(await inner.query()).toHaveLength(1);
});

test('what cannot be kept is told, and hinders nobody', async () => {
  const { store, lost } = watched(() => Promise.reject(new StorageFailedError('The disk is full.')));
  await store.append([generationRecord({ id: 'a' })]);
  await store.close();
  expect(lost).toMatchObject([{ code: 'storage-failed' }]);
  expect(await store.query()).toEqual([]);
});
