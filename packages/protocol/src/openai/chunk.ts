import { z } from 'zod';

const choice = z.object({
  text: z.string().nullish(),
  delta: z
    .object({
      role: z.string().nullish(),
      content: z.string().nullish(),
      reasoning_content: z.string().nullish(),
      reasoning: z.string().nullish(),
    })
    .nullish(),
  logprobs: z.unknown().optional(),
  finish_reason: z.string().nullish(),
});

const usage = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number().default(0),
  prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish().catch(null),
});
export type UsageAnswer = z.infer<typeof usage>;

/** Counts and milliseconds that llama-server adds. */
const timings = z.object({
  cache_n: z.number().nullish(),
  prompt_n: z.number(),
  prompt_ms: z.number(),
  predicted_n: z.number(),
  predicted_ms: z.number(),
});
export type TimingsAnswer = z.infer<typeof timings>;

/** One event of a streamed answer: chat (`delta`) or plain (`text`). With `include_usage` a last one has no choices. */
export const chunkAnswer = z.object({
  id: z.string().nullish(),
  object: z.string().nullish(),
  created: z.number().nullish(),
  model: z.string().nullish(),
  choices: z.array(choice),
  usage: usage.nullish().catch(null),
  timings: timings.nullish().catch(null),
});
/** One event of llama-server's `/infill`, which is none of OpenAI's. */
export const infillAnswer = z.object({
  content: z.string(),
  stop: z.boolean(),
  stop_type: z.string().nullish(),
  timings: timings.nullish().catch(null),
});
export type ChunkAnswer = z.infer<typeof chunkAnswer>;
