import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import type { GenerateEvent, GenerateRequest } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/settings.js';
import { LlamaCppRuntime } from './llama-cpp-runtime.js';

type Done = Extract<GenerateEvent, { type: 'done' }>;

describe('one model that answers many', async () => {
  const folder = await temporaryFolder();
  const runtime = new LlamaCppRuntime({ modelsFolder: folder, engine: { flavor: 'cpu' }, maxWaitingRequests: 8 });
  afterAll(() => runtime.close());
  beforeAll(async () => {
    await copyFile(sampleModelPath(), path.join(folder, 'fable.gguf'));
    await runtime.load('fable', { contextTokens: 1024, parallel: 4 });
  });
  const request = (prompt: string, change: Partial<GenerateRequest> = {}): GenerateRequest => ({
    model: 'fable',
    input: { kind: 'prompt', prompt, raw: true },
    temperature: 0,
    maxTokens: 48,
    ...change,
  });
  const answer = async (
    asked: GenerateRequest,
    { signal, onText }: { signal?: AbortSignal; onText?: (count: number) => Promise<void> | void } = {},
  ): Promise<{ readonly text: string; readonly done: Done }> => {
    let text = '';
    let count = 0;
    for await (const event of runtime.generate(asked, { signal })) {
      if (event.type === 'done') return { text, done: event };
      if (event.type === 'text') text += event.text;
      await onText?.(++count);
    }
    throw new Error('the answer has no end');
  };
  const PROMPTS = ['Once upon a time there was', 'A fox met a crow who', 'In the deep wood', 'The king said'];

  test('answers that are computed together are those that each alone would be', async () => {
    const alone: string[] = [];
    for (const prompt of PROMPTS) alone.push((await answer(request(prompt))).text);
    const together = await Promise.all(PROMPTS.map((prompt) => answer(request(prompt))));
    // The last bits of the numbers differ with the batch, and with them now and then a word far into the text.
    for (const [i, { text }] of together.entries()) expect(text.slice(0, 40)).toBe(alone[i]?.slice(0, 40));
  });

  test('each has its own sampling, stop strings, grammar and log-probabilities', async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const;
    const [short, json, stopped, seeded] = await Promise.all([
      answer(request('Once upon', { maxTokens: 3, topLogprobs: 2 })),
      answer(request('The fox', { format: schema, maxTokens: 200 })),
      answer(request('Once upon a time there was', { stop: ['.'], maxTokens: 200 })),
      answer(request('The crow', { temperature: 1, seed: 4 })),
    ]);
    expect(short.done).toMatchObject({ stopReason: 'length', timings: { generatedTokens: 3 } });
    if (json.done.stopReason === 'stop') expect(JSON.parse(json.text)).toHaveProperty('name');
    else expect(json.text).toMatch(/^\s*\{/);
    expect(stopped.text).not.toContain('.');
    expect(seeded.text).not.toBe('');
  });

  test('one that is cancelled leaves the others alone', async () => {
    const abort = new AbortController();
    const [cut, ...others] = await Promise.allSettled([
      answer(request('Once upon', { maxTokens: 900 }), { signal: abort.signal, onText: () => abort.abort() }),
      ...PROMPTS.slice(1).map((prompt) => answer(request(prompt))),
    ]);
    expect(cut).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    for (const other of others) expect(other.status).toBe('fulfilled');
  });

  test('a slow reader pauses its own answer only', async () => {
    let hold: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (hold = resolve));
    const slow = answer(request('Once upon', { maxTokens: 900 }), { onText: (n) => (n === 1 ? held : undefined) });
    const quick = await Promise.all(PROMPTS.slice(1).map((prompt) => answer(request(prompt, { maxTokens: 100 }))));
    expect(quick).toHaveLength(3);
    hold();
    expect((await slow).done.timings.generatedTokens).toBeGreaterThan(100);
  });

  test('a chat of several turns computes each token once', async () => {
    let prompt = 'Once upon a time there was a fox.';
    let before = 0;
    for (let turn = 0; turn < 10; turn++) {
      const { text, done } = await answer(request(prompt, { maxTokens: 12 }));
      const { promptTokens, cachedPromptTokens } = done.timings;
      // All but the piece that is new, and the few tokens at its border that may be cut otherwise.
      if (turn > 0) expect(cachedPromptTokens ?? 0).toBeGreaterThanOrEqual(before - 2);
      before = promptTokens ?? 0;
      prompt += `${text} The fox said: no ${turn}.`;
    }
  });

  test('more requests than places wait in order; more than may wait are refused', async () => {
    const asked = Array.from({ length: 13 }, () => answer(request('Once upon', { maxTokens: 100 })));
    const codes = (await Promise.allSettled(asked)).map((one) =>
      one.status === 'fulfilled' ? 'done' : (one.reason as { code: string }).code,
    );
    expect(codes.filter((code) => code === 'busy')).toHaveLength(1);
    expect(codes.filter((code) => code === 'done')).toHaveLength(12);
  });

  test('hundreds of answers that are left early leave nothing behind', async () => {
    const leave = async (prompt: string): Promise<void> => {
      for await (const event of runtime.generate(request(prompt, { maxTokens: 500 }))) {
        if (event.type === 'text') break;
      }
    };
    for (let round = 0; round < 50; round++) await Promise.all(PROMPTS.map((prompt) => leave(`${round} ${prompt}`)));
    const { done } = await answer(request('Once upon a time', { maxTokens: 4 }));
    expect(done.timings.generatedTokens).toBe(4);
  });

  test('a long prompt does not keep others waiting for its end', async () => {
    const load = { contextTokens: 1024, parallel: 4, batchTokens: 64, microBatchTokens: 64 };
    await runtime.load('fable', load);
    const order: string[] = [];
    const long = answer(request('tale '.repeat(900), { maxTokens: 2, load })).then(() => order.push('long'));
    const short = answer(request('The fox', { maxTokens: 2, load })).then(() => order.push('short'));
    await Promise.all([long, short]);
    expect(order[0]).toBe('short');
  });
});
