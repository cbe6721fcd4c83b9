import {
  InMemoryConfigStore,
  InMemoryMeasurementStore,
  describeConfigStoreContract,
  describeMeasurementStoreContract,
} from '@plimsoll/testing';
import { fallbackMeasurementStore } from '../src/fallback-measurement-store.js';
import { LazyMeasurementStore } from '../src/lazy-measurement-store.js';
import { OverlayConfigStore } from '../src/overlay-config-store.js';

describeMeasurementStoreContract('a store that is opened late', () => {
  const store = new InMemoryMeasurementStore();
  return new LazyMeasurementStore(
    async () => store,
    () => true,
  );
});
describeMeasurementStoreContract('a store that plans do without', () =>
  fallbackMeasurementStore(new InMemoryMeasurementStore(), () => undefined),
);
describeConfigStoreContract('settings of one process', () => new OverlayConfigStore(new InMemoryConfigStore()));
