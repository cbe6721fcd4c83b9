import { z } from 'zod';

/** `POST /v1/embeddings`: one vector per input, numbered by `index` in any order. */
export const embeddingsAnswer = z.object({
  data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })),
});
export type EmbeddingsAnswer = z.infer<typeof embeddingsAnswer>;
