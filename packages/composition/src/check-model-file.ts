import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { checkHyperParameters, parseModelReference } from '@plimsoll/domain';

/**
 * Looks at the header of a model that is named by its path, before anything long begins: what is wrong with a file is
 * told best by the reader of its header, and of a hyper-parameter that no model can have the key is named. Other names
 * are not looked at.
 * @throws ModelNotFoundError, InvalidModelFileError, StorageFailedError
 */
export async function checkModelFile(model: string, signal: AbortSignal): Promise<void> {
  const reference = parseModelReference(model);
  if (reference.kind !== 'file') return;
  checkHyperParameters((await new FileModelInspector().inspect(reference, { signal })).header);
}
