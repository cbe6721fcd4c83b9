import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GenerateEvent, GenerateRequest } from '@plimsoll/domain';
import { listen, recordings, type RunningServer } from '../../test/support/recording.js';
import { OllamaApi, OllamaRuntime } from '../index.js';

describe('a generation on Ollama', () => {
  let server: RunningServer;
  let runtime: OllamaRuntime;
  let asked: { readonly path: string | undefined; readonly body: unknown }[] = [];
  let lines: readonly unknown[] = [];

  beforeEach(async () => {
    asked = [];
    lines = [
      { response: 'Once', done: false },
      { response: '', done: true, done_reason: 'stop' },
    ];
    server = await listen(
      createServer((incoming, answer) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
        incoming.on('end', () => {
          asked.push({ path: incoming.url, body: JSON.parse(text) });
          answer.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
        });
      }),
    );
    runtime = new OllamaRuntime(new OllamaApi({ host: server.host }));
  });
  afterEach(async () => {
    await runtime.close();
    await server.stop();
  });

  const run = async (request: Partial<GenerateRequest> = {}): Promise<readonly GenerateEvent[]> => {
    const events: GenerateEvent[] = [];
    const whole: GenerateRequest = { model: 'fox:1', input: { kind: 'prompt', prompt: 'a' }, ...request };
    for await (const event of runtime.generate(whole)) events.push(event);
    return events;
  };
  const failureOf = async (request: Partial<GenerateRequest>): Promise<unknown> =>
    run(request).catch((error: unknown) => error);

  test('leaves to the server what is not asked for', async () => {
    await run();
    expect(asked).toEqual([
      { path: '/api/generate', body: { model: 'fox:1', prompt: 'a', options: {}, stream: true } },
    ]);
  });

  test('passes on everything that is', async () => {
    const schema = { type: 'object', properties: { stars: { type: 'integer' } } };
    await run({
      input: { kind: 'prompt', prompt: 'a', system: 'be brief', images: ['aGk='], raw: false },
      temperature: 0,
      topP: 0.9,
      topK: 40,
      seed: 7,
      maxTokens: 16,
      stop: ['.'],
      format: schema,
      topLogprobs: 2,
      think: false,
      load: { contextTokens: 512, placement: { gpuLayers: 0 }, threads: 2, keyCacheType: 'f16', keepAlive: 90_000 },
    });
    expect(asked[0]?.body).toEqual({
      model: 'fox:1',
      prompt: 'a',
      system: 'be brief',
      images: ['aGk='],
      raw: false,
      format: schema,
      logprobs: true,
      top_logprobs: 2,
      think: false,
      keep_alive: '90000ms',
      options: {
        num_ctx: 512,
        num_gpu: 0,
        num_thread: 2,
        temperature: 0,
        top_p: 0.9,
        top_k: 40,
        seed: 7,
        num_predict: 16,
        stop: ['.'],
      },
      stream: true,
    });
  });

  test('chats with messages and images', async () => {
    lines = [{ message: { role: 'assistant', content: 'Hi' } }, { message: { content: '' }, done: true }];
    const messages = [{ role: 'user', content: 'hello', images: ['aGk='] }] as const;
    const events = await run({ input: { kind: 'chat', messages }, load: { keepAlive: 'forever' } });
    expect(asked[0]).toMatchObject({ path: '/api/chat', body: { messages, keep_alive: -1 } });
    expect(events[0]).toEqual({ type: 'text', text: 'Hi' });
    expect(events[1]).toMatchObject({ type: 'done', stopReason: 'other' });
  });

  test('keeps thoughts apart from the answer', async () => {
    lines = [{ thinking: 'hm', response: '' }, { message: { thinking: 'so', content: 'Yes' } }, { done: true }];
    expect((await run()).slice(0, 3)).toEqual([
      { type: 'text', text: 'hm', thinking: true },
      { type: 'text', text: 'so', thinking: true },
      { type: 'text', text: 'Yes' },
    ]);
  });

  test('gives every token its log-probability, also when a line carries several', async () => {
    const one = (token: string): object => ({ token, logprob: -1, top_logprobs: [{ token, logprob: -1 }] });
    lines = [
      { response: 'ab', logprobs: [one('a'), one('b')] },
      { response: 'é', logprobs: [one('\u00c3'), one('\u00a9')] },
      { done: true },
    ];
    const topLogprobs = (token: string): object => ({ logprob: -1, topLogprobs: [{ token, logprob: -1 }] });
    expect((await run({ topLogprobs: 1 })).slice(0, 4)).toEqual([
      { type: 'text', text: 'a', ...topLogprobs('a') },
      { type: 'text', text: 'b', ...topLogprobs('b') },
      { type: 'text', text: 'é', ...topLogprobs('\u00c3') },
      { type: 'text', text: '', ...topLogprobs('\u00a9') },
    ]);
  });

  test('turns nanoseconds into milliseconds', async () => {
    const recorded = recordings('runtime-contract')[0]?.exchanges.find((one) => one.answer.includes('"eval_duration"'));
    const last = JSON.parse(recorded?.answer.trim().split('\n').at(-1) ?? '') as Record<string, number>;
    lines = [last];
    expect((await run()).at(-1)).toMatchObject({
      type: 'done',
      timings: {
        promptTokens: last['prompt_eval_count'],
        generatedTokens: last['eval_count'],
        cachedPromptTokens: null,
        loadMs: last['load_duration']! / 1e6,
        prefillMs: last['prompt_eval_duration']! / 1e6,
        decodeMs: last['eval_duration']! / 1e6,
      },
    });
  });

  test('does not invent what the server leaves out', async () => {
    lines = [{ response: '', done: true, done_reason: 'load' }];
    expect((await run()).at(-1)).toMatchObject({
      stopReason: 'other',
      timings: { promptTokens: null, generatedTokens: null, loadMs: null, decodeMs: null, firstTokenMs: null },
    });
  });

  test('refuses what Ollama has no word for, before it asks', async () => {
    expect(await failureOf({ load: { valueCacheType: 'q8_0' } })).toMatchObject({
      code: 'capability-missing',
      hint: expect.stringContaining('OLLAMA_KV_CACHE_TYPE=q8_0') as string,
    });
    expect(await failureOf({ topLogprobs: 21 })).toMatchObject({ code: 'invalid-input' });
    expect(asked).toEqual([]);
  });
});
