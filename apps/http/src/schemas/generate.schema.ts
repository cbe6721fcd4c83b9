import type { GenerateRequest, Level, LoadOptions } from '@plimsoll/domain';
import { z } from 'zod';
import { kvCacheTypeSchema, levelSchema, wholeSchema } from './field-schemas.js';

/** What `POST /generate` is asked for. */
export interface GenerateCall {
  readonly request: GenerateRequest;
  readonly level: Level | undefined;
  readonly make: boolean;
}

const message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
  images: z.array(z.base64()).optional(),
});

const load = z.strictObject({
  contextTokens: wholeSchema.optional(),
  gpuLayers: wholeSchema.optional(),
  kvCacheType: kvCacheTypeSchema.optional(),
  threads: wholeSchema.optional(),
  keepAlive: z.union([z.number(), z.literal('forever')]).optional(),
});

const body = z
  .strictObject({
    model: z.string().min(1).describe('The model as you name it; the settings choose its variant'),
    prompt: z.string().optional(),
    system: z.string().optional(),
    images: z.array(z.base64()).optional().describe('Base64'),
    raw: z.boolean().optional().describe('True: no chat template, the prompt is continued as it stands'),
    messages: z.array(message).min(1).optional(),
    temperature: z.number().min(0).optional(),
    topP: z.number().min(0).max(1).optional(),
    topK: wholeSchema.optional(),
    seed: z.number().int().optional(),
    maxTokens: wholeSchema.optional(),
    stop: z.array(z.string().min(1)).optional(),
    format: z
      .union([z.literal('json'), z.record(z.string(), z.unknown())])
      .optional()
      .describe('"json", or a JSON Schema that the answer must satisfy'),
    topLogprobs: wholeSchema.optional(),
    think: z.boolean().optional(),
    load: load.optional(),
    level: levelSchema.optional().describe('A level that wins over the settings'),
    make: z.boolean().default(false).describe('Whether a variant that is missing is made first'),
  })
  .refine(({ prompt, messages }) => (prompt === undefined) !== (messages === undefined), {
    error: 'give either prompt or messages',
    path: ['prompt'],
  })
  .refine(({ prompt, system, images, raw }) => prompt !== undefined || !(system ?? images ?? raw), {
    error: 'system, images and raw go with prompt; a chat has them in its messages',
    path: ['messages'],
  });

/** The body of `POST /generate`. Either `prompt` or `messages` says what to go on from. */
export const generateCallSchema: z.ZodType<GenerateCall> = body.transform(generateCall);

/** Splits a checked body into what the runtime hears and what decides on the variant. */
function generateCall(checked: z.output<typeof body>): GenerateCall {
  const { prompt, system, images, raw, messages, level, make, load: asked, ...rest } = checked;
  const input: GenerateRequest['input'] =
    messages === undefined ? { kind: 'prompt', prompt: prompt ?? '', system, images, raw } : { kind: 'chat', messages };
  return { request: { ...rest, input, ...(asked === undefined ? {} : { load: loadOptions(asked) }) }, level, make };
}

/** Keys and values get the same type of cache here. */
function loadOptions({ gpuLayers, kvCacheType, ...rest }: z.output<typeof load>): LoadOptions {
  return {
    ...rest,
    ...(kvCacheType === undefined ? {} : { keyCacheType: kvCacheType, valueCacheType: kvCacheType }),
    ...(gpuLayers === undefined ? {} : { placement: { gpuLayers } }),
  };
}
