import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { LibsqlMeasurementStore } from '../src/libsql-measurement-store.js';

/** A place for a database that is removed after the test. */
export function storeFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'data', 'measurements.db');
}

/** A store that is closed after the test. */
export function openStore(path: string = storeFile()): LibsqlMeasurementStore {
  const store = new LibsqlMeasurementStore(path);
  onTestFinished(async () => store.close());
  return store;
}
