import { describeMeasurementStoreContract } from '@plimsoll/testing';
import { openStore } from './store-file.js';

describeMeasurementStoreContract('the database', () => openStore());
