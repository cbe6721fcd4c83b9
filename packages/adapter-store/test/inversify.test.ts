import 'reflect-metadata';
import { ThreadedMeasurementStore } from '@plimsoll/adapter-store/thread';
import { MEASUREMENT_STORE } from '@plimsoll/di';
import { Container } from 'inversify';
import { expect, it } from 'vitest';
import { storeModule, threadedStoreModule } from '../src/inversify.js';

import { measurement } from './measurement.js';
import { storeFile } from './store-file.js';

it('binds one store', async () => {
  const container = new Container();
  container.load(storeModule(storeFile()));
  const store = container.get(MEASUREMENT_STORE);
  await store.append([measurement()]);
  expect(await container.get(MEASUREMENT_STORE).query()).toHaveLength(1);
  await store.close();
});

it('binds one store on a thread', async () => {
  const container = new Container();
  container.load(await threadedStoreModule(storeFile()));
  const store = container.get(MEASUREMENT_STORE);
  expect(store).toBeInstanceOf(ThreadedMeasurementStore);
  expect(container.get(MEASUREMENT_STORE)).toBe(store);
});
