import { describeConfigStoreContract } from '../contracts/config-store.contract.js';
import { describeMeasurementStoreContract } from '../contracts/measurement-store.contract.js';
import { InMemoryConfigStore } from './in-memory-config-store.js';
import { InMemoryMeasurementStore } from './in-memory-measurement-store.js';

describeMeasurementStoreContract('the store in memory', () => new InMemoryMeasurementStore());
describeConfigStoreContract('the settings in memory', () => new InMemoryConfigStore());
