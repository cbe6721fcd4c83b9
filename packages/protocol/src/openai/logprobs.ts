import { z } from 'zod';

const token = z.object({ token: z.string(), logprob: z.number() });

/** `logprobs` of a chat's choice; llama-server answers plain completions like this, too. */
export const chatLogprobs = z.object({
  content: z.array(token.extend({ top_logprobs: z.array(token).nullish() })),
});
export type ChatLogprobs = z.infer<typeof chatLogprobs>;

/** `logprobs` of a plain completion of OpenAI and vLLM: parallel arrays. */
export const completionLogprobs = z.object({
  token_logprobs: z.array(z.number().nullable()),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});
export type CompletionLogprobs = z.infer<typeof completionLogprobs>;
