import { z } from 'zod';

/** What llama-server adds to a model; null where another server writes something else under the same name. */
const meta = z.object({
  ftype: z.string().nullish().catch(null),
  size: z.number().nullish().catch(null),
  n_params: z.number().nullish().catch(null),
  n_ctx: z.number().nullish().catch(null),
  n_vocab: z.number().nullish().catch(null),
});

const entry = z.object({
  id: z.string(),
  object: z.string().nullish().catch(null),
  created: z.number().nullish().catch(null),
  owned_by: z.string().nullish().catch(null),
  aliases: z.array(z.string()).nullish().catch(null),
  meta: meta.nullish().catch(null),
  max_model_len: z.number().nullish().catch(null),
});
export type ModelListEntry = z.infer<typeof entry>;

/** `GET /v1/models`. `aliases` and `meta` come from llama-server, `max_model_len` from vLLM. */
export const modelListAnswer = z.object({ data: z.array(entry) });
export type ModelListAnswer = z.infer<typeof modelListAnswer>;
