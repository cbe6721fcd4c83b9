import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { ThreadedMeasurementStore } from '../src/thread/threaded-measurement-store.js';
import { bundle } from './bundle.js';
import type { Bundle } from './bundle.js';
import { storeFile } from './store-file.js';

/** Makes the thread's program for the tests of a file; the function gives stores that are closed after each test. */
export function threadedStores(): (path?: string) => ThreadedMeasurementStore {
  let program: Bundle | null = null;
  beforeAll(async () => {
    program = await bundle(fileURLToPath(new URL('../src/thread/store-thread.ts', import.meta.url)));
  });
  afterAll(() => program?.remove());
  return (path = storeFile()) => {
    const store = new ThreadedMeasurementStore(path, { file: program?.file ?? '' });
    onTestFinished(async () => store.close());
    return store;
  };
}
