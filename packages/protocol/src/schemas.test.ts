import { describe, expect, test } from 'vitest';
import {
  ANTHROPIC_ERRORS,
  anthropicError,
  anthropicErrorBody,
  messagesRequest,
  streamEvent,
} from './anthropic/index.js';
import {
  chatRequest,
  createRequest,
  generateRequest,
  ollamaError,
  readOllamaError,
  tagsAnswer,
} from './ollama/index.js';
import { chatCompletionRequest, chunkAnswer, openAiError, parseErrorBody } from './openai/index.js';

describe('requests', () => {
  test.each([
    [generateRequest, { name: 'fox', prompt: '', keep_alive: '5m' }],
    [generateRequest, { model: 'fox', suffix: 'end', options: { num_ctx: 4096 }, keep_alive: -1 }],
    [
      chatRequest,
      { model: 'fox', messages: [{ role: 'user', content: 'hi', images: ['aGk='] }], format: { type: 'object' } },
    ],
    [createRequest, { model: 'a', files: { 'a.gguf': 'sha256:0' }, license: ['MIT'], parameters: { stop: ['x'] } }],
    [chatCompletionRequest, { model: 'fox', messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }],
    [messagesRequest, { model: 'fox', max_tokens: 8, messages: [{ role: 'user', content: 'hi' }], system: 'short' }],
  ])('come through with fields that nobody here knows', (schema, request) => {
    const sent = { ...request, a_field_of_tomorrow: { deep: [1] } };
    expect(schema.parse(sent)).toEqual(sent);
  });

  test('of the wrong shape are refused', () => {
    expect(chatRequest.safeParse({ messages: 'hi' }).success).toBe(false);
    expect(messagesRequest.safeParse({ model: 'fox', messages: [] }).success).toBe(false);
    expect(chatCompletionRequest.safeParse({ model: 'fox', messages: [{ content: 'hi' }] }).success).toBe(false);
  });
});

describe('answers', () => {
  test('a list of models needs its list: an empty one is null', () => {
    expect(tagsAnswer.parse({ models: null })).toEqual({ models: null });
    expect(tagsAnswer.safeParse({}).success).toBe(false);
  });

  test('the last chunk of OpenAI has usage and no choices', () => {
    const chunk = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } };
    expect(chunkAnswer.parse(chunk).usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 4 });
  });

  test('the events of Anthropic are told apart by their type', () => {
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Once' } };
    expect(streamEvent.parse(delta)).toEqual(delta);
    expect(streamEvent.safeParse({ type: 'content_block_delta', index: 0, delta: { type: 'x' } }).success).toBe(false);
  });
});

describe('errors', () => {
  test('come back as they were written', () => {
    expect(readOllamaError(ollamaError('no'))).toBe('no');
    expect(parseErrorBody(openAiError('no', 'invalid_request_error', 'model_not_found'))).toEqual({
      message: 'no',
      type: 'invalid_request_error',
      code: 'model_not_found',
    });
    const error = anthropicError('overloaded_error', 'no');
    expect(anthropicErrorBody.parse(error)).toEqual(error);
    expect(ANTHROPIC_ERRORS.overloaded_error).toBe(529);
  });

  test.each([
    [{ error: '{"error":{"code":500,"message":"inner"}}' }, 'inner'],
    [{ error: { message: 'object' } }, 'object'],
    [{ error: 7 }, '7'],
    [{ models: [] }, null],
    [null, null],
  ])('of Ollama %j say %s', (body, message) => {
    expect(readOllamaError(body)).toBe(message);
  });
});
