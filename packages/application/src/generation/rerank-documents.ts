import { CapabilityMissingError, InvalidInputError } from '@plimsoll/domain';
import type { CallOptions, ModelRuntime } from '@plimsoll/domain';

/** Documents to be ranked. */
export interface RankingRequest {
  readonly query: string;
  readonly documents: readonly string[];
  /** How many of the best are told; all when absent. */
  readonly topN?: number | undefined;
}

/** The documents that fit best, the best first. */
export interface Ranking {
  /** `index` is the document's place in the request; the scale of `score` is the model's own. */
  readonly results: readonly { readonly index: number; readonly score: number }[];
  /** Tokens that were read, of all documents; null when the backend does not count them. */
  readonly promptTokens: number | null;
}

/** @throws CapabilityMissingError for a backend that has no way to rank documents */
export function demandReranking(
  runtime: Pick<ModelRuntime, 'rerank'>,
): asserts runtime is Required<Pick<ModelRuntime, 'rerank'>> {
  if (runtime.rerank !== undefined) return;
  throw new CapabilityMissingError('This backend cannot rank documents.', {
    remedies: [{ kind: 'use-backend', backend: 'embedded' }],
  });
}

/**
 * Ranks documents by how well they fit a query; those that fit alike keep their order.
 * @throws CapabilityMissingError, InvalidInputError
 */
export async function rerankDocuments(
  runtime: Pick<ModelRuntime, 'rerank'>,
  variant: string,
  { query, documents, topN = documents.length }: RankingRequest,
  options: CallOptions,
): Promise<Ranking> {
  demandReranking(runtime);
  if (documents.length === 0) throw new InvalidInputError('There is no document to rank.');
  if (!Number.isInteger(topN) || topN < 1) {
    throw new InvalidInputError(`topN is ${topN}; a whole number from 1 on is needed.`);
  }
  const { scores, promptTokens } = await runtime.rerank(variant, query, documents, options);
  const results = scores.map((score, index) => ({ index, score })).sort((a, b) => b.score - a.score);
  return { results: results.slice(0, topN), promptTokens };
}
