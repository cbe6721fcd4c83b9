import { z } from 'zod';

/**
 * `POST /v1/rerank`, as llama-server, vLLM, Jina and Cohere have it. Source: `tools/server/README.md` of llama.cpp and
 * Jina's API reference, which both allow a document to be `{text}` or a string.
 */
export const rerankRequest = z.looseObject({
  model: z.string(),
  query: z.string(),
  documents: z.array(z.union([z.string(), z.looseObject({ text: z.string() })])).min(1),
  top_n: z.number().int().positive().nullish(),
  return_documents: z.boolean().nullish(),
});
export type RerankRequest = z.infer<typeof rerankRequest>;

/** The answer: documents by their place in the request, the best first. */
export const rerankAnswer = z.object({
  results: z.array(z.object({ index: z.number().int().min(0), relevance_score: z.number() })),
  usage: z.object({ prompt_tokens: z.number().nullish(), total_tokens: z.number().nullish() }).nullish(),
});
export type RerankAnswer = z.infer<typeof rerankAnswer>;
