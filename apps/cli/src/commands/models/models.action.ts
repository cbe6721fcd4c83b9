import type { ModelList } from '@plimsoll/application';
import { EXIT } from '../../errors/exit-codes.js';
import type { ModelsDocument } from '../../schemas/models.schema.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { ModelsFlags } from './models.flags.js';
import { renderModels } from './models.render.js';

/** `plimsoll models`. */
export async function models({ output, signal, ...context }: CommandContext, flags: ModelsFlags): Promise<number> {
  return withBackend({ output, signal, ...context }, flags, async (use) => {
    const list = await (await use.models()).list({ signal });
    const { backend, modelsFolder } = use.settings;
    const document = modelsDocument(backend, list);
    output.result(document, (shown) =>
      renderModels(shown, output.style, output.width, backend === 'embedded' ? modelsFolder : null),
    );
    return EXIT.done;
  });
}

/** The JSON document of a list of models. */
export function modelsDocument(backend: string, list: ModelList): ModelsDocument {
  return {
    schema: 'plimsoll.models/1',
    backend: { id: backend, ...list.runtime },
    models: list.models.map(({ resident, path = null, ...model }) => ({
      name: model.name,
      level: model.level,
      sizeBytes: model.sizeBytes,
      digest: model.digest,
      architecture: model.architecture,
      parameterSize: model.parameterSize,
      modifiedAtMs: model.modifiedAtMs,
      path,
      resident:
        resident === null
          ? null
          : {
              sizeBytes: resident.sizeBytes,
              deviceBytes: resident.deviceBytes,
              contextTokens: resident.contextTokens,
              expiresAtMs: resident.expiresAtMs,
            },
    })),
  };
}
