import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { HumanMessage } from '@langchain/core/messages';
import { ChatOllama } from '@langchain/ollama';
import { createConfigStore } from '@plimsoll/adapter-config';
import { sampleModelPath } from '@plimsoll/sample-model';
import { generateText, streamText } from 'ai';
import { Ollama } from 'ollama';
import { createOllama } from 'ollama-ai-provider-v2';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPlimsoll } from '@plimsoll/composition';
import { httpServices, startServer } from '../src/index.js';
import type { StartedServer } from '../src/index.js';
import { pythonClients } from './python-clients.js';

/** Clients as they are published, against the embedded engine with the sample model. */
const MODEL = 'fable-5m-Q8_0';
const prompt = 'Once upon a time';
const schema = {
  type: 'object',
  properties: { animal: { enum: ['fox', 'owl'] } },
  required: ['animal'],
  additionalProperties: false,
};
const parameters = { type: 'object', properties: { place: { enum: ['Rome'] } }, required: ['place'] };

let folder: string;
let server: StartedServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-clients-'));
  await copyFile(sampleModelPath(), join(folder, 'fable-5m-F16.gguf'));
  const config = { path: join(folder, 'config.json'), environment: {}, homeFolder: folder, workingFolder: folder };
  const storeFile = join(folder, 'measurements.db');
  await createConfigStore(config).save({ backend: 'embedded', modelsFolder: folder, storeFile });
  server = await startServer({
    services: await httpServices(await openPlimsoll({ config })),
    host: '127.0.0.1',
    port: 0,
  });
  const made = await new Ollama({ host: server.url }).create({ model: MODEL, from: 'fable-5m-F16', quantize: 'q8_0' });
  expect(made.status).toBe('success');
});
afterAll(async () => {
  await server.close(0);
  await rm(folder, { recursive: true, force: true });
});

describe('ollama-js', () => {
  const client = (): Ollama => new Ollama({ host: server.url });

  test('lists, shows, loads and unloads', async () => {
    expect((await client().list()).models.map(({ name }) => name)).toContain(MODEL);
    const shown = await client().show({ model: MODEL });
    expect(shown.details).toMatchObject({ family: 'llama', quantization_level: 'Q8_0', format: 'gguf' });
    const info = shown.model_info as unknown as Record<string, unknown>;
    expect(info).toMatchObject({ 'general.architecture': 'llama', 'llama.context_length': 256 });
    expect(info['general.basename']).toContain('Q8_0');
    await client().generate({ model: MODEL, prompt: '', keep_alive: -1 });
    expect((await client().ps()).models.map(({ name }) => name)).toEqual([MODEL]);
    const unloaded = await client().generate({ model: MODEL, prompt: '', keep_alive: 0 });
    expect(unloaded.done_reason).toBe('unload');
    expect((await client().ps()).models).toEqual([]);
    expect((await client().version()).version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('generates, in a stream and at once, and the same', async () => {
    const options = { temperature: 0, num_predict: 12 };
    let text = '';
    let last: unknown;
    for await (const part of await client().generate({ model: MODEL, prompt, raw: true, options, stream: true })) {
      expect(part.model).toBe(MODEL);
      text += String(part.response);
      last = part;
    }
    expect(last).toMatchObject({ done: true, eval_count: 12, done_reason: 'length' });
    const whole = await client().generate({ model: MODEL, prompt, raw: true, options });
    expect(whole.response).toBe(text);
    expect(text.length).toBeGreaterThan(20);
  });

  test('chats by a schema', async () => {
    const messages = [{ role: 'user', content: 'Which animal?' }];
    const { message } = await client().chat({ model: MODEL, messages, format: schema });
    expect(['fox', 'owl']).toContain((JSON.parse(message.content) as { animal: string }).animal);
  });

  test('can leave in the middle, and the next request is answered', async () => {
    const leaving = client();
    await expect(async () => {
      for await (const part of await leaving.generate({ model: MODEL, prompt, raw: true, stream: true })) {
        if (part.response !== '') leaving.abort();
      }
    }).rejects.toThrow(/abort/i);
    expect((await client().generate({ model: MODEL, prompt, options: { num_predict: 1 } })).done).toBe(true);
  });

  test.each([
    ['a model that is not there', { model: 'nothing:1b', prompt }, /no model|not found/i, 404],
    ['a path', { model: '/etc/passwd', prompt }, /not by a path/, 400],
    ['a wrong format', { model: MODEL, prompt, format: 'xml' }, /invalid format/, 400],
  ])('is refused %s', async (_what, request, words, status) => {
    await expect(client().generate(request)).rejects.toMatchObject({
      message: expect.stringMatching(words) as string,
      status_code: status,
    });
  });
});

describe('openai-node', () => {
  const client = (): OpenAI => new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
  const messages = [{ role: 'user', content: prompt }] as const;

  test('lists and finds models', async () => {
    const { data } = await client().models.list();
    expect(data.map(({ id }) => id)).toContain(MODEL);
    expect((await client().models.retrieve(MODEL)).id).toBe(MODEL);
    await expect(client().models.retrieve('nothing')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });

  test('chats, in a stream with usage and at once', async () => {
    const body = { model: MODEL, messages: [...messages], temperature: 0, max_completion_tokens: 8 };
    const whole = await client().chat.completions.create(body);
    expect(whole.usage?.completion_tokens).toBe(8);
    expect(whole.choices[0]?.finish_reason).toBe('length');
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    const stream = await client().chat.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(usage).toEqual(whole.usage);
  });

  test('gets log-probabilities', async () => {
    const answer = await client().chat.completions.create({
      ...{ model: MODEL, messages: [...messages], max_completion_tokens: 3, logprobs: true, top_logprobs: 2 },
    });
    expect(answer.choices[0]?.logprobs?.content).toHaveLength(3);
    expect(answer.choices[0]?.logprobs?.content?.[0]?.top_logprobs).toHaveLength(2);
  });

  test('answers by a schema', async () => {
    const answer = await client().chat.completions.create({
      ...{ model: MODEL, messages: [...messages] },
      response_format: { type: 'json_schema', json_schema: { name: 'animal', schema } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toHaveProperty('animal');
  });

  test.each(['required', { type: 'function', function: { name: 'weather' } }] as const)(
    'has a tool called when the choice is %j',
    async (tool_choice) => {
      const { choices } = await client().chat.completions.create({
        ...{ model: MODEL, messages: [...messages], tool_choice, temperature: 0 },
        tools: [{ type: 'function', function: { name: 'weather', parameters } }],
      });
      expect(choices[0]).toMatchObject({
        finish_reason: 'tool_calls',
        message: { tool_calls: [{ type: 'function', function: { name: 'weather', arguments: '{"place":"Rome"}' } }] },
      });
    },
  );

  test('completes a text', async () => {
    const body = { model: MODEL, prompt, max_tokens: 6, temperature: 0 };
    const whole = await client().completions.create(body);
    let text = '';
    for await (const chunk of await client().completions.create({ ...body, stream: true })) {
      text += chunk.choices[0]?.text ?? '';
    }
    expect(text).toBe(whole.choices[0]?.text);
    expect(text).not.toBe('');
  });

  test('gets responses, in a stream and at once', async () => {
    const body = { model: MODEL, input: prompt, temperature: 0, max_output_tokens: 8 };
    const whole = await client().responses.create(body);
    expect(whole.output_text).not.toBe('');
    expect(whole.status).toBe('incomplete');
    const final = await client().responses.stream(body).finalResponse();
    expect(final.output_text).toBe(whole.output_text);
    expect(final.usage?.output_tokens).toBe(8);
  });

  test('is refused what cannot be done, in words', async () => {
    const body = { model: MODEL, messages: [...messages] };
    await expect(client().chat.completions.create({ ...body, n: 2 })).rejects.toMatchObject({ status: 400 });
    await expect(client().chat.completions.create({ ...body, model: 'nothing' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
  });
});

describe("Anthropic's SDK", () => {
  const client = (): Anthropic => new Anthropic({ baseURL: server.url, apiKey: 'none', maxRetries: 0 });
  const body = { model: MODEL, max_tokens: 8, temperature: 0, messages: [{ role: 'user', content: prompt }] } as const;
  const asked = { ...body, messages: [...body.messages] };

  test('gets a message, in a stream and at once', async () => {
    const whole = await client().messages.create(asked);
    expect(whole).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 8 }, model: MODEL });
    const streamed = await client().messages.stream(asked).finalMessage();
    expect(streamed.content[0]).toMatchObject({ type: 'text', text: (whole.content[0] as { text: string }).text });
    expect(streamed.usage.output_tokens).toBe(8);
  });

  test('has a tool called', async () => {
    const { content, stop_reason } = await client()
      .messages.stream({
        ...asked,
        max_tokens: 100,
        tools: [{ name: 'weather', input_schema: { ...parameters, type: 'object' } }],
        tool_choice: { type: 'any' },
      })
      .finalMessage();
    expect(stop_reason).toBe('tool_use');
    expect(content).toMatchObject([{ type: 'tool_use', name: 'weather', input: { place: 'Rome' } }]);
  });

  test('has tokens counted', async () => {
    const { input_tokens: short } = await client().messages.countTokens({ model: MODEL, messages: asked.messages });
    const long = [{ role: 'user', content: prompt.repeat(3) }] as const;
    const { input_tokens: more } = await client().messages.countTokens({ model: MODEL, messages: [...long] });
    expect(more).toBeGreaterThan(short);
    expect((await client().messages.create(asked)).usage.input_tokens).toBe(short);
  });

  test('reads a refusal', async () => {
    await expect(client().messages.create({ ...asked, model: 'nothing' })).rejects.toMatchObject({
      status: 404,
      error: { type: 'error', error: { type: 'not_found_error' } },
    });
  });
});

test.each(['ollama', 'openai-compatible'])('the AI SDK speaks through its %s provider', async (which) => {
  const model =
    which === 'ollama'
      ? createOllama({ baseURL: `${server.url}/api` })(MODEL)
      : createOpenAICompatible({ name: 'plimsoll', baseURL: `${server.url}/v1`, includeUsage: true })(MODEL);
  // The provider passes the limit on under a name that Ollama does not read; its own options reach it.
  const providerOptions = { ollama: { options: { num_predict: 8, temperature: 0 } } };
  const asked = { model, prompt, maxOutputTokens: 8, temperature: 0, providerOptions };
  const { text, usage } = await generateText(asked);
  expect(text).not.toBe('');
  expect(usage.outputTokens).toBe(8);
  let streamed = '';
  for await (const part of streamText(asked).textStream) streamed += part;
  expect(streamed).toBe(text);
});

test('LangChain speaks as to Ollama', async () => {
  const model = new ChatOllama({ baseUrl: server.url, model: MODEL, temperature: 0, numPredict: 8 });
  const { content } = await model.invoke([new HumanMessage(prompt)]);
  expect(content).not.toBe('');
  let streamed = '';
  for await (const { text } of await model.stream([new HumanMessage(prompt)])) streamed += text;
  expect(streamed).toBe(content);
});

const python = pythonClients();
const reason = 'missing' in python ? ` (skipped: ${python.missing})` : '';
test.skipIf('missing' in python)(`the clients of Python speak as well${reason}`, { timeout: 60_000 }, async () => {
  const script = fileURLToPath(new URL('python_clients.py', import.meta.url));
  const program = 'program' in python ? python.program : '';
  const { stdout } = await promisify(execFile)(program, [script, server.url, MODEL]);
  const seen = JSON.parse(stdout) as Record<string, unknown>;
  expect(seen).toMatchObject({
    show: 'Q8_0',
    openai_tokens: 8,
    ollama_refusal: 404,
    openai_refusal: 'model_not_found',
  });
  // Ollama's list has the tag that its clients look for.
  expect(seen['tags']).toContain(`${MODEL}:latest`);
  const answer = seen['ollama_whole'];
  expect(answer).not.toBe('');
  const others = ['ollama_stream', 'openai_whole', 'openai_stream', 'responses', 'anthropic_whole', 'anthropic_stream'];
  for (const other of others) expect([other, seen[other]]).toEqual([other, answer]);
  expect(seen['counted']).toBeGreaterThan(0);
});
