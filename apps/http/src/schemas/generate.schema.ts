import type { GenerateRequest, VariantLevel, LoadOptions } from '@plimsoll/domain';
import { MOST_PROMPT_CHARACTERS } from '@plimsoll/domain';
import { z } from 'zod';
import { kvCacheTypeSchema, levelSchema, modelNameSchema, numberWithin, wholeWithin } from './field-schemas.js';

/** What `POST /generate` is asked for. */
export interface GenerateCall {
  readonly request: GenerateRequest;
  readonly level: VariantLevel | undefined;
  readonly make: boolean;
}

const MOST_IMAGES = 64;
const MOST_MESSAGES = 10_000;

const textSchema = z.string().max(MOST_PROMPT_CHARACTERS);

const message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: textSchema,
  images: z.array(z.base64()).max(MOST_IMAGES).optional(),
});

const load = z.strictObject({
  contextTokens: wholeWithin('contextTokens').optional(),
  gpuLayers: wholeWithin('gpuLayers').optional(),
  kvCacheType: kvCacheTypeSchema.optional(),
  threads: wholeWithin('threads').optional(),
  keepAlive: z.union([numberWithin('keepAliveMs'), z.literal('forever')]).optional(),
});

const body = z
  .strictObject({
    model: modelNameSchema.describe('The model as you name it; the settings choose its variant'),
    prompt: textSchema.optional(),
    system: textSchema.optional(),
    images: z.array(z.base64()).max(MOST_IMAGES).optional().describe('Base64'),
    raw: z.boolean().optional().describe('True: no chat template, the prompt is continued as it stands'),
    suffix: textSchema.optional().describe('What follows: the model fills in between the prompt and this'),
    messages: z.array(message).min(1).max(MOST_MESSAGES).optional(),
    temperature: numberWithin('temperature').optional(),
    topP: numberWithin('topP').optional(),
    topK: wholeWithin('topK').optional(),
    seed: wholeWithin('seed').optional(),
    maxTokens: wholeWithin('maxTokens').optional(),
    stop: z.array(z.string().min(1).max(1024)).max(64).optional(),
    format: z
      .union([z.literal('json'), z.record(z.string(), z.unknown())])
      .optional()
      .describe('"json", or a JSON Schema that the answer must satisfy'),
    topLogprobs: wholeWithin('topLogprobs').optional(),
    think: z.boolean().optional(),
    load: load.optional(),
    level: levelSchema.optional().describe('A level that wins over the settings'),
    make: z.boolean().default(false).describe('Whether a variant that is missing is made first'),
  })
  .refine(({ prompt, messages }) => (prompt === undefined) !== (messages === undefined), {
    error: 'give either prompt or messages',
    path: ['prompt'],
  })
  .refine(({ prompt, system, images, raw, suffix }) => prompt !== undefined || !(system ?? images ?? raw ?? suffix), {
    error: 'system, images, raw and suffix go with prompt; a chat has them in its messages',
    path: ['messages'],
  })
  .refine(
    ({ messages = [] }) => messages.reduce((sum, { content }) => sum + content.length, 0) <= MOST_PROMPT_CHARACTERS,
    {
      error: `all messages together may have ${MOST_PROMPT_CHARACTERS} characters`,
      path: ['messages'],
    },
  );

/** The body of `POST /generate`. Either `prompt` or `messages` says what to go on from. */
export const generateCallSchema: z.ZodType<GenerateCall> = body.transform(generateCall);

/** Splits a checked body into what the runtime hears and what decides on the variant. */
function generateCall(checked: z.output<typeof body>): GenerateCall {
  const { prompt, system, images, raw, suffix, messages, level, make, load: asked, ...rest } = checked;
  const input: GenerateRequest['input'] =
    messages === undefined
      ? { kind: 'prompt', prompt: prompt ?? '', system, images, raw, suffix }
      : { kind: 'chat', messages };
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
