import { FOOTPRINT_ORACLE } from '@plimsoll/di';
import { ContainerModule } from 'inversify';

/** Binds the embedded engine's own word on footprints, whatever backend serves. */
export async function engineOracleModule(): Promise<ContainerModule> {
  const { LlamaCppFootprintOracle } = await import('@plimsoll/adapter-llamacpp');
  return new ContainerModule(({ bind }) => {
    bind(FOOTPRINT_ORACLE)
      .toResolvedValue(() => new LlamaCppFootprintOracle())
      .inSingletonScope();
  });
}
