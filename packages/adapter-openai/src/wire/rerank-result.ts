import { BackendFailedError } from '@plimsoll/domain';
import type { RerankResult } from '@plimsoll/domain';
import type { RerankAnswer } from '@plimsoll/protocol/openai';

/** The scores of an answer in the order of the documents, which servers sort by score. */
export function rerankResult({ results, usage }: RerankAnswer, documents: number): RerankResult {
  const byIndex = new Map(results.map(({ index, relevance_score: score }) => [index, score]));
  const scores = Array.from({ length: documents }, (_, index) => byIndex.get(index)).filter((score) => score != null);
  if (scores.length !== documents) {
    throw new BackendFailedError(`The server ranked ${scores.length} of ${documents} documents.`);
  }
  return { scores, promptTokens: usage?.prompt_tokens ?? usage?.total_tokens ?? null };
}
