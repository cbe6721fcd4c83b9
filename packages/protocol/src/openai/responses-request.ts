import { z } from 'zod';

const part = z.looseObject({ type: z.string(), text: z.string().optional() });

/** One item of a conversation: a message (whose `type` may be absent), `function_call`, `function_call_output`, … */
const item = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  content: z.union([z.string(), z.array(part)]).nullish(),
});
export type ResponsesItem = z.infer<typeof item>;

/** `POST /v1/responses`. Fields that are not named here go through untouched. */
export const responsesRequest = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(item)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  max_output_tokens: z.number().int().positive().nullish(),
  tools: z.array(z.unknown()).nullish(),
  text: z.looseObject({ format: z.unknown() }).nullish(),
  previous_response_id: z.string().nullish(),
});
export type ResponsesRequest = z.infer<typeof responsesRequest>;
