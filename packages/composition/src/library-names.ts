import { MODEL_INSPECTOR } from '@plimsoll/di';
import { ModelNotFoundError } from '@plimsoll/domain';
import type { ModelInspector } from '@plimsoll/domain';
import { ContainerModule } from 'inversify';

/**
 * Looks a name that the backend does not have installed up in the public library behind it, so that a model can be
 * planned before it is downloaded. To be bound after the backend's own inspector.
 */
export function libraryNamesModule(library: () => Promise<ModelInspector>): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(MODEL_INSPECTOR).toConstantValue({
      supports: ({ kind }) => kind === 'name',
      async inspect(reference, options) {
        if (reference.kind !== 'name') throw new ModelNotFoundError('Only names are looked up in the library.');
        return (await library()).inspect({ kind: 'ollama-library', name: reference.name }, options);
      },
    });
  });
}
