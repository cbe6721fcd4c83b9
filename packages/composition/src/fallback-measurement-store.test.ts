import type { Warning } from '@plimsoll/application';
import { InvalidInputError, StorageFailedError } from '@plimsoll/domain';
import { InMemoryMeasurementStore } from '@plimsoll/testing';
import { expect, test } from 'vitest';
import { fallbackMeasurementStore } from './fallback-measurement-store.js';

const failing = (error: Error) =>
  Object.assign(new InMemoryMeasurementStore(), {
    query: () => Promise.reject(error),
    append: () => Promise.reject(error),
  });

test('a store that cannot be used has nothing, keeps nothing, and is warned of once', async () => {
  const warnings: Warning[] = [];
  const store = fallbackMeasurementStore(failing(new StorageFailedError('The disk is full.')), (text) =>
    warnings.push(text),
  );
  expect(await store.query()).toEqual([]);
  await store.append([]);
  expect(warnings).toEqual([{ kind: 'records-unreadable', message: 'The disk is full.' }]);
});

test('other failures are not hidden', async () => {
  const store = fallbackMeasurementStore(failing(new InvalidInputError('No such filter.')), () => undefined);
  await expect(store.query()).rejects.toMatchObject({ code: 'invalid-input' });
});
