import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { checkHyperParameters, parseModelReference } from '@plimsoll/domain';
import { demandUsualVocabulary } from '@plimsoll/local-models';
import { MemoizedInspector } from './memoized-inspector.js';

/**
 * Looks at the header of a model that is named by its path, before anything long begins: what is wrong with a file is
 * told best by the reader of its header, and of a hyper-parameter that no model can have the key is named. Other names
 * are not looked at.
 * @throws ModelNotFoundError, InvalidModelFileError, StorageFailedError
 */
export async function checkModelFile(model: string, signal: AbortSignal): Promise<void> {
  const reference = parseModelReference(model);
  if (reference.kind !== 'file') return;
  const inspector = new MemoizedInspector(new FileModelInspector());
  checkHyperParameters((await inspector.inspect(reference, { signal })).header);
  await demandUsualVocabulary(inspector, reference.path);
}
