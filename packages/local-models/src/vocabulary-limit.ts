import { InvalidModelFileError } from '@plimsoll/domain';
import type { ModelInspector } from '@plimsoll/domain';

/** The largest vocabularies have some 260,000 entries. */
const MOST_ENTRIES = 4_000_000;
const VOCABULARY = 'tokenizer.ggml.tokens';

/**
 * Looks at a header before the engine does, which builds every entry in memory before it says what is wrong. A file
 * that cannot be inspected is left to the engine.
 * @throws InvalidModelFileError for a vocabulary that no model has
 */
export async function demandUsualVocabulary(inspector: ModelInspector | null, path: string): Promise<void> {
  const inspected = await inspector?.inspect({ kind: 'file', path }).catch(() => null);
  const vocabulary = inspected?.header.metadata.get(VOCABULARY);
  if (typeof vocabulary !== 'object' || vocabulary.length <= MOST_ENTRIES) return;
  throw new InvalidModelFileError(
    `${path} says that its vocabulary has ${vocabulary.length} entries; at most ${MOST_ENTRIES} are taken.`,
  );
}
