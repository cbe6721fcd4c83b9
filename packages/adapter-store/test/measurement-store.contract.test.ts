import { describeMeasurementStoreContract } from '@plimsoll/testing';
import { openStore } from './store-file.js';
import { threadedStores } from './threaded-store.js';

describeMeasurementStoreContract('the database', () => openStore());
const openThreaded = threadedStores();
describeMeasurementStoreContract('the database on a thread', () => openThreaded());
