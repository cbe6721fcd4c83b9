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
