import { LlamaCppImportanceCollector, type ImportanceCollectorOptions } from '@plimsoll/adapter-llamacpp';
import { IMPORTANCE_COLLECTOR } from '@plimsoll/di';
import { ContainerModule } from 'inversify';

/** Binds the embedded engine as collector of importance matrices, whatever backend serves. */
export function importanceModule(options: ImportanceCollectorOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(IMPORTANCE_COLLECTOR)
      .toResolvedValue(() => new LlamaCppImportanceCollector(options))
      .inSingletonScope();
  });
}
