import { afterEach, beforeEach, expect, test } from 'vitest';
import { OpenAiModelRuntime } from '../src/index.js';
import { collect, textOf } from './collect.js';
import { sendEvents, sendJson, startOpenAiServer } from './openai-server.js';
import type { OpenAiServer } from './openai-server.js';

let server: OpenAiServer;
let runtime: OpenAiModelRuntime;

beforeEach(async () => {
  server = await startOpenAiServer();
  runtime = new OpenAiModelRuntime({ baseUrl: server.baseUrl });
});
afterEach(async () => {
  await runtime.close();
  await server.close();
});

const ask = { model: 'tale-1b', input: { kind: 'prompt', prompt: 'Once' } } as const;

test('a prompt becomes a chat with the system text first', async () => {
  await collect(
    runtime.generate({ ...ask, input: { ...ask.input, system: 'Be brief.' }, temperature: 0.2, topP: 0.9 }),
  );
  const { url, body } = server.requests.at(-1)!;
  expect(url).toBe('/v1/chat/completions');
  expect(body).toEqual({
    model: 'tale-1b',
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.2,
    top_p: 0.9,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Once' },
    ],
  });
});

test('a raw prompt goes without a template', async () => {
  await collect(runtime.generate({ ...ask, input: { ...ask.input, raw: true }, format: 'json' }));
  const { url, body } = server.requests.at(-1)!;
  expect(url).toBe('/v1/completions');
  expect(body).toMatchObject({ prompt: 'Once', response_format: { type: 'json_object' } });
});

test('images travel as data URLs of their own format', async () => {
  const png = 'iVBORw0KGgoAAAANSUhEUg==';
  await collect(runtime.generate({ ...ask, input: { ...ask.input, images: [png, '/9j/4AAQ'] } }));
  expect(server.requests.at(-1)!.body['messages']).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Once' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
        { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,/9j/4AAQ' } },
      ],
    },
  ]);
});

test('a schema and the thinking switch are passed on', async () => {
  await collect(runtime.generate({ ...ask, format: { type: 'object' }, think: false }));
  expect(server.requests.at(-1)!.body).toMatchObject({
    response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: { type: 'object' } } },
    chat_template_kwargs: { enable_thinking: false },
  });
});

test('thinking is told apart from the answer, whichever field carries it', async () => {
  server.intercept = ({ method }, response) => {
    if (method !== 'POST') return false;
    sendEvents(
      response,
      { choices: [{ delta: { role: 'assistant', content: null } }] },
      { choices: [{ delta: { reasoning_content: 'Hm' } }] },
      { choices: [{ delta: { reasoning: '.' } }] },
      { choices: [{ delta: { content: 'Yes' }, finish_reason: 'stop' }] },
    );
    response.end();
    return true;
  };
  const events = await collect(runtime.generate(ask));
  expect(events.filter((event) => event.type === 'text')).toEqual([
    { type: 'text', text: 'Hm', thinking: true },
    { type: 'text', text: '.', thinking: true },
    { type: 'text', text: 'Yes' },
  ]);
});

test('without times of the server, decoding is timed from the first to the last piece', async () => {
  const times = [0, 100, 200, 300, 450];
  const clocked = new OpenAiModelRuntime({ baseUrl: server.baseUrl, nowMs: () => times.shift() ?? 500 });
  const done = (await collect(clocked.generate({ ...ask, maxTokens: 4 }))).at(-1);
  expect(done).toMatchObject({
    timings: {
      promptTokens: 7,
      cachedPromptTokens: null,
      generatedTokens: 4,
      prefillMs: null,
      firstTokenMs: 100,
      decodeMs: ((450 - 100) * 4) / 3,
      totalMs: 500,
    },
  });
  await clocked.close();
});

test('log-probabilities of plain completions are read in the older shape, too', async () => {
  server.intercept = ({ method }, response) => {
    if (method !== 'POST') return false;
    const logprobs = { tokens: [' a'], token_logprobs: [-0.5], top_logprobs: [{ ' the': -0.9, ' a': -0.5 }] };
    sendEvents(response, { choices: [{ text: ' a', logprobs, finish_reason: 'length' }] }, '[DONE]');
    response.end();
    return true;
  };
  const events = await collect(runtime.generate({ ...ask, input: { ...ask.input, raw: true }, topLogprobs: 2 }));
  expect(events[0]).toEqual({
    type: 'text',
    text: ' a',
    logprob: -0.5,
    topLogprobs: [
      { token: ' a', logprob: -0.5 },
      { token: ' the', logprob: -0.9 },
    ],
  });
});

test('a server that ignores the wish for log-probabilities is found out', async () => {
  server.intercept = ({ method }, response) => {
    if (method !== 'POST') return false;
    sendEvents(response, { choices: [{ delta: { content: 'Yes' }, finish_reason: 'stop' }] }, '[DONE]');
    response.end();
    return true;
  };
  const work = collect(runtime.generate({ ...ask, topLogprobs: 2 }));
  await expect(work).rejects.toMatchObject({ code: 'capability-missing' });
});

test('vLLM is recognised and tells its version', async () => {
  server.intercept = ({ url }, response) => {
    if (url === '/version') return sendJson(response, 200, { version: '0.11.0' });
    return sendJson(response, 200, { data: [{ id: 'a', owned_by: 'vllm', max_model_len: 4096 }] });
  };
  expect(await runtime.info()).toEqual({ name: 'vLLM', version: '0.11.0', endpoint: server.baseUrl });
  expect(await runtime.resident()).toMatchObject([{ name: 'a', contextTokens: 4096 }]);
});

test('a server that tells nothing about its models leaves all unknown', async () => {
  expect(await runtime.info()).toEqual({ name: 'OpenAI-compatible server', version: null, endpoint: server.baseUrl });
  expect(await runtime.find('tale-1b')).toEqual({
    name: 'tale-1b',
    level: null,
    sizeBytes: null,
    digest: null,
    architecture: null,
    parameterSize: null,
    modifiedAtMs: null,
  });
  await expect(runtime.resident()).rejects.toMatchObject({ code: 'capability-missing' });
});

test('vectors come in the order of the texts, whatever the order of the answer', async () => {
  expect(await runtime.embed('tale-1b', ['a', 'abc'])).toEqual({
    vectors: [
      [1, 1],
      [3, 1],
    ],
  });
});

test('scores come in the order of the documents; a server without the route cannot rank', async () => {
  const results = [
    { index: 1, relevance_score: 0.9 },
    { index: 0, relevance_score: 0.2 },
  ];
  server.intercept = ({ url }, response) =>
    url === '/v1/rerank' && sendJson(response, 200, { results, usage: { total_tokens: 9 } });
  expect(await runtime.rerank('tale-1b', 'a', ['b', 'c'])).toEqual({ scores: [0.2, 0.9], promptTokens: 9 });
  await expect(runtime.rerank('tale-1b', 'a', ['b', 'c', 'd'])).rejects.toThrow('ranked 2 of 3 documents');
  server.intercept = ({ url }, response) => url === '/v1/rerank' && sendJson(response, 404, {});
  await expect(runtime.rerank('tale-1b', 'a', ['b'])).rejects.toMatchObject({ code: 'capability-missing' });
});

test('characters that are split between packets arrive whole', async () => {
  server.intercept = ({ method }, response) => {
    if (method !== 'POST') return false;
    const event = Buffer.from(
      'data: {"choices":[{"delta":{"content":"Bär"},"finish_reason":"stop"}]}\r\n\r\ndata: [DONE]\r\n\r\n',
    );
    const middle = event.indexOf('ä') + 1;
    response.writeHead(200).write(event.subarray(0, middle), () => {
      setImmediate(() => response.end(event.subarray(middle)));
    });
    return true;
  };
  expect(textOf(await collect(runtime.generate(ask)))).toBe('Bär');
});

test.each([
  ['/srv/model.gguf', true, '/srv/model.gguf'],
  ['/srv/model.gguf', false, undefined],
  ['model.gguf', true, undefined],
  [17, true, undefined],
])('a llama-server on this machine tells its file: %j, there: %j', async (told, exists, path) => {
  server.intercept = ({ url }, response) => {
    if (url === '/props') return sendJson(response, 200, { model_path: told });
    return sendJson(response, 200, { data: [{ id: 'a', owned_by: 'llamacpp' }] });
  };
  const local = new OpenAiModelRuntime({ baseUrl: server.baseUrl, fileExists: () => exists });
  expect((await local.find('a'))?.path).toBe(path);
  await local.close();
});
