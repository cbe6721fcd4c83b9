import { z } from 'zod';

/** Content of a message: `text`, `image`, `tool_use`, `tool_result`, `thinking` and others. */
export const contentBlock = z.looseObject({ type: z.string(), text: z.string().optional() });

const content = z.union([z.string(), z.array(contentBlock)]);

/** What `count_tokens` and `messages` share. */
const prompt = {
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant']), content })),
  system: content.nullish(),
  tools: z.array(z.unknown()).nullish(),
};

/** `POST /v1/messages`. Fields that are not named here go through untouched. */
export const messagesRequest = z.looseObject({
  ...prompt,
  max_tokens: z.number().int().positive(),
  stream: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.number().int().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  thinking: z.looseObject({ type: z.string() }).nullish(),
});
export type MessagesRequest = z.infer<typeof messagesRequest>;

/** `POST /v1/messages/count_tokens` */
export const countTokensRequest = z.looseObject(prompt);
export type CountTokensRequest = z.infer<typeof countTokensRequest>;

/** Its answer. */
export const countTokensAnswer = z.object({ input_tokens: z.number().int().nonnegative() });
export type CountTokensAnswer = z.infer<typeof countTokensAnswer>;
