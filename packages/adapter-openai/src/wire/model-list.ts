import { z } from 'zod';

/** One model as a server lists it. Null is unknown. */
export interface ModelEntry {
  readonly id: string;
  readonly ownedBy: string | null;
  /** Other names under which llama-server serves it. */
  readonly aliases: readonly string[];
  /** llama-server's description of the file type, such as `Q4_K - Medium`. */
  readonly fileType: string | null;
  readonly sizeBytes: number | null;
  readonly parameters: number | null;
  readonly contextTokens: number | null;
  readonly vocabularySize: number | null;
}

const meta = z.object({
  ftype: z.string().nullish().catch(null),
  size: z.number().nullish().catch(null),
  n_params: z.number().nullish().catch(null),
  n_ctx: z.number().nullish().catch(null),
  n_vocab: z.number().nullish().catch(null),
});

const entry = z.object({
  id: z.string(),
  owned_by: z.string().nullish().catch(null),
  aliases: z.array(z.string()).nullish().catch(null),
  meta: meta.nullish().catch(null),
  max_model_len: z.number().nullish().catch(null),
});

/** The answer of `GET /v1/models`. `aliases` and `meta` come from llama-server, `max_model_len` from vLLM. */
export const modelListSchema: z.ZodType<readonly ModelEntry[]> = z
  .object({ data: z.array(entry) })
  .transform(({ data }) => data.map(toEntry));

function toEntry({ id, owned_by, aliases, meta, max_model_len }: z.infer<typeof entry>): ModelEntry {
  return {
    id,
    ownedBy: owned_by ?? null,
    aliases: aliases ?? [],
    fileType: meta?.ftype ?? null,
    sizeBytes: meta?.size ?? null,
    parameters: meta?.n_params ?? null,
    vocabularySize: meta?.n_vocab ?? null,
    contextTokens: meta?.n_ctx ?? max_model_len ?? null,
  };
}
