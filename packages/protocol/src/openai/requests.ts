import { z } from 'zod';

/**
 * OpenAI's requests, as servers of the field read them. Fields that are not named here go through untouched.
 * Source: the API reference of OpenAI, and the routes of llama-server and Ollama.
 */

const sampling = {
  model: z.string(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  max_tokens: z.number().int().positive().nullish(),
};

/** `{type:'text'}`, `{type:'image_url'}` and others. */
const contentPart = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  image_url: z.looseObject({ url: z.string() }).optional(),
});

/** `POST /v1/chat/completions` */
export const chatCompletionRequest = z.looseObject({
  ...sampling,
  messages: z.array(
    z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(contentPart)]).nullish() }),
  ),
  max_completion_tokens: z.number().int().positive().nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  tools: z.array(z.unknown()).nullish(),
});
export type ChatCompletionRequest = z.infer<typeof chatCompletionRequest>;

/** `POST /v1/completions` */
export const completionRequest = z.looseObject({
  ...sampling,
  prompt: z.union([z.string(), z.array(z.string())]),
  suffix: z.string().nullish(),
  logprobs: z.number().int().min(0).nullish(),
});
export type CompletionRequest = z.infer<typeof completionRequest>;

/** `POST /v1/embeddings` */
export const embeddingsRequest = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.string())]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.number().int().positive().nullish(),
});
export type EmbeddingsRequest = z.infer<typeof embeddingsRequest>;
