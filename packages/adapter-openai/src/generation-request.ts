import { InvalidInputError } from '@plimsoll/domain';
import type { ChatMessage, GenerateRequest } from '@plimsoll/domain';
import { imageUrl } from './image-url.js';

/** A route and the JSON body for it. */
export interface WireRequest {
  /** Below the API address; `/infill` is llama-server's own, below its root. */
  readonly path: '/chat/completions' | '/completions' | '/infill';
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Words a request for the server. Fields that the caller left out are left out, since strict servers refuse
 * names they do not know. `load` is not sent: such servers are told at their start how to load.
 * @param llamaFields Whether the server understands llama.cpp's own fields.
 */
export function generationRequest(request: GenerateRequest, llamaFields: boolean): WireRequest {
  const { input } = request;
  const raw = input.kind === 'prompt' && (input.raw === true || input.suffix !== undefined);
  const body = {
    model: request.model,
    stream: true,
    stream_options: { include_usage: true },
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    seed: request.seed,
    max_tokens: request.maxTokens,
    stop: request.stop?.length === 0 ? undefined : request.stop,
    chat_template_kwargs: request.think === undefined || raw ? undefined : { enable_thinking: request.think },
    // A prompt cache changes the batches and with them the last bits of the logits, so a seed would not repeat.
    cache_prompt: llamaFields && request.seed !== undefined ? false : undefined,
  };
  const top = request.topLogprobs === 0 ? undefined : request.topLogprobs;
  if (raw) {
    const { suffix } = input;
    if (input.images !== undefined && input.images.length > 0) {
      throw new InvalidInputError('A raw prompt cannot carry images.', { hint: 'Send it without `raw`.' });
    }
    if (suffix !== undefined && llamaFields) {
      // llama-server ignores the suffix of OpenAI's own route.
      const between = { input_prefix: input.prompt, input_suffix: suffix, n_predict: request.maxTokens };
      return { path: '/infill', body: { ...body, ...between, ...rawFormat(request.format, llamaFields) } };
    }
    return {
      path: '/completions',
      body: { ...body, prompt: input.prompt, suffix, logprobs: top, ...rawFormat(request.format, llamaFields) },
    };
  }
  return {
    path: '/chat/completions',
    body: {
      ...body,
      messages: messages(request).map(wireMessage),
      ...(top === undefined ? {} : { logprobs: true, top_logprobs: top }),
      response_format: responseFormat(request.format),
    },
  };
}

function messages({ input }: GenerateRequest): readonly ChatMessage[] {
  if (input.kind === 'chat') return input.messages;
  const user: ChatMessage = { role: 'user', content: input.prompt, images: input.images };
  return input.system === undefined ? [user] : [{ role: 'system', content: input.system }, user];
}

function wireMessage({ role, content, images = [] }: ChatMessage): Readonly<Record<string, unknown>> {
  if (images.length === 0) return { role, content };
  const pictures = images.map((image) => ({ type: 'image_url', image_url: { url: imageUrl(image) } }));
  return { role, content: [{ type: 'text', text: content }, ...pictures] };
}

function responseFormat(format: GenerateRequest['format']): unknown {
  if (format === undefined) return undefined;
  if (format === 'json') return { type: 'json_object' };
  return { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: format } };
}

/** llama-server reads `response_format` only in chats. */
function rawFormat(format: GenerateRequest['format'], llamaFields: boolean): Readonly<Record<string, unknown>> {
  if (format === undefined) return {};
  return llamaFields ? { json_schema: format === 'json' ? {} : format } : { response_format: responseFormat(format) };
}
