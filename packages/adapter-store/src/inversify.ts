import { MEASUREMENT_STORE } from '@plimsoll/di';
import { ContainerModule } from 'inversify';
import { LibsqlMeasurementStore } from './libsql-measurement-store.js';

/** Binds the measurements in the database file at `path`. */
export function storeModule(path: string): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(MEASUREMENT_STORE)
      .toResolvedValue(() => new LibsqlMeasurementStore(path))
      .inSingletonScope();
  });
}

/** The same, with a thread of its own that reads and writes the file. */
export async function threadedStoreModule(path: string): Promise<ContainerModule> {
  // By its full name: a bundle of this file has the thread's program nowhere beside it, the package has.
  const { ThreadedMeasurementStore } = await import('@plimsoll/adapter-store/thread');
  return new ContainerModule(({ bind }) => {
    bind(MEASUREMENT_STORE)
      .toResolvedValue(() => new ThreadedMeasurementStore(path))
      .inSingletonScope();
  });
}
