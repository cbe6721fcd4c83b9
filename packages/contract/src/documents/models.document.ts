import type { ModelList } from '@plimsoll/application';
import type { ModelsDocument } from '../schemas/models.schema.js';

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
