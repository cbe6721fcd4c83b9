import type { ChosenVariant, Ranking } from '@plimsoll/application';
import type { RerankDocument } from '../schemas/rerank.schema.js';

/** The JSON document of a ranking. */
export function rerankDocument(
  model: string,
  { variant: name, level }: Pick<ChosenVariant, 'variant' | 'level'>,
  { results, promptTokens }: Ranking,
): RerankDocument {
  return { schema: 'plimsoll.rerank/1', model, variant: { name, level }, results: [...results], promptTokens };
}
