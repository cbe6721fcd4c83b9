import type { OllamaPeer } from '@plimsoll-tooling/peers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GenerateEvent, GenerateRequest } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { describeEachVersion } from '../test/support/each-version.js';
import { OllamaApi, OllamaInspector, OllamaRuntime, OllamaVariantBuilder } from './index.js';

const model = 'plimsoll-test:features-fp16';

describeEachVersion('what a real server does for us', (_, start) => {
  let server: OllamaPeer;
  let api: OllamaApi;
  let runtime: OllamaRuntime;
  const chat: GenerateRequest = {
    model,
    input: { kind: 'chat', messages: [{ role: 'user', content: 'Tell me of a fox.' }] },
    maxTokens: 12,
  };
  const run = async (request: GenerateRequest): Promise<readonly GenerateEvent[]> => {
    const events: GenerateEvent[] = [];
    for await (const event of runtime.generate(request)) events.push(event);
    return events;
  };
  const textOf = (events: readonly GenerateEvent[]): string =>
    events.map((event) => (event.type === 'text' ? event.text : '')).join('');

  beforeAll(async () => {
    server = await start();
    api = new OllamaApi({ host: server.host });
    runtime = new OllamaRuntime(api);
    await new OllamaVariantBuilder(api).build({ source: sampleModelPath(), target: model, level: 'F16' });
  });
  afterAll(async () => {
    await api.close();
    await server.stop();
  });

  test('chats', async () => {
    expect(textOf(await run(chat)).length).toBeGreaterThan(0);
  });

  test('keeps an answer to a JSON schema', async () => {
    const schema = {
      type: 'object',
      properties: { stars: { type: 'integer', enum: [1, 2, 3, 4, 5] } },
      required: ['stars'],
      additionalProperties: false,
    };
    const events = await run({ ...chat, maxTokens: 200, format: schema, temperature: 0 });
    const done = events.at(-1);
    const text = textOf(events);
    if (done?.type === 'done' && done.stopReason === 'stop') {
      expect([1, 2, 3, 4, 5]).toContain((JSON.parse(text) as { stars: unknown }).stars);
    } else {
      expect(text.trimStart().startsWith('{')).toBe(true);
    }
  });

  test('loads with a context and a time to live, once', async () => {
    await runtime.unload(model);
    const load = { contextTokens: 128, keepAlive: 'forever' } as const;
    expect((await runtime.load(model, load)).loadMs).toBeGreaterThan(0);
    const resident = (await runtime.resident()).find(({ name }) => name === model);
    expect(resident).toMatchObject({ contextTokens: 128, expiresAtMs: null });
    expect((await runtime.load(model, load)).loadMs).toBe(0);

    await runtime.load(model, { ...load, keepAlive: 3_600_000 });
    const expiring = (await runtime.resident()).find(({ name }) => name === model);
    expect(expiring?.expiresAtMs).toBeGreaterThan(Date.now());
    await runtime.unload(model);
    expect((await runtime.resident()).map(({ name }) => name)).not.toContain(model);
  });

  test('refuses images for a model that cannot see, and thoughts of one that cannot think', async () => {
    const images = ['aGk='];
    await expect(run({ ...chat, input: { kind: 'prompt', prompt: 'a', images } })).rejects.toMatchObject({
      code: 'capability-missing',
    });
    await expect(run({ ...chat, think: true })).rejects.toMatchObject({ code: 'capability-missing' });
  });

  test('tells what a model is made of', async () => {
    const { header, digest } = await new OllamaInspector(api).inspect({ kind: 'name', name: model });
    expect(header.architecture).toBe('llama');
    expect(digest).toBe((await runtime.find(model))?.digest);
  });
});
