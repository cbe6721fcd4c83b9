import { z } from 'zod';

/** The answer of `POST /v1/embeddings` as vectors in the order of the inputs. */
export const embeddingsSchema: z.ZodType<readonly (readonly number[])[]> = z
  .object({ data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })) })
  .transform(({ data }) => data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding));
