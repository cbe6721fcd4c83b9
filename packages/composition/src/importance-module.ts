import type { ImportanceCollectorOptions } from '@plimsoll/adapter-llamacpp';
import { IMPORTANCE_COLLECTOR } from '@plimsoll/di';
import { ContainerModule } from 'inversify';

/** Binds the embedded engine as collector of importance matrices, whatever backend serves. */
export async function importanceModule(options: ImportanceCollectorOptions): Promise<ContainerModule> {
  const { LlamaCppImportanceCollector } = await import('@plimsoll/adapter-llamacpp');
  return new ContainerModule(({ bind }) => {
    bind(IMPORTANCE_COLLECTOR)
      .toResolvedValue(() => new LlamaCppImportanceCollector(options))
      .inSingletonScope();
  });
}
