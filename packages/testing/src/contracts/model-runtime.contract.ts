import type { GenerateEvent, GenerateRequest, ModelRuntime } from '@plimsoll/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from './code-of.js';

/** What a backend brings to the contract suite. */
export interface ModelRuntimeSubject {
  readonly runtime: ModelRuntime;
  /** Name of an installed model that can generate at least 24 tokens. */
  readonly model: string;
  /** Name of an installed model that embeds, where that takes another one. */
  readonly embeddingModel?: string;
  /** Name of an installed model that sees images, where there is one. */
  readonly visionModel?: string;
  /** Frees what `create` started, beyond `runtime.close()`. */
  readonly dispose?: () => Promise<void>;
}

/** Opt-outs, each with the reason a reader should know. */
export interface ModelRuntimeContractOptions {
  /** Skip the check that a fixed seed repeats the text. */
  readonly skipDeterminism?: string;
  /** Skip what a recording of a server does not hold: conversations, several at once, unloading in between. */
  readonly skipLive?: string;
}

const collect = async (events: AsyncIterable<GenerateEvent>): Promise<readonly GenerateEvent[]> => {
  const all: GenerateEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

const textOf = (events: readonly GenerateEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');

/** The behaviour that every `ModelRuntime` has, whatever runs behind it. */
export function describeModelRuntimeContract(
  name: string,
  create: () => Promise<ModelRuntimeSubject>,
  options: ModelRuntimeContractOptions = {},
): void {
  describe(`ModelRuntime contract: ${name}`, () => {
    let subject: ModelRuntimeSubject;
    const prompt = (extra: Partial<GenerateRequest> = {}): GenerateRequest => ({
      model: subject.model,
      input: { kind: 'prompt', prompt: 'Once upon a time there was', raw: true },
      temperature: 0,
      seed: 7,
      maxTokens: 16,
      ...extra,
    });

    beforeAll(async () => {
      subject = await create();
    });
    afterAll(async () => {
      await subject.runtime.close();
      await subject.dispose?.();
    });

    test('tells who answers', async () => {
      const info = await subject.runtime.info();
      expect(info.name).not.toBe('');
    });

    test('lists the model and finds it', async () => {
      const names = (await subject.runtime.list()).map((variant) => variant.name);
      expect(names).toContain(subject.model);
      expect((await subject.runtime.find(subject.model))?.name).toBe(subject.model);
    });

    test('finds nothing under a name that is not installed', async () => {
      expect(await subject.runtime.find('no-such-model:none')).toBeNull();
    });

    test('streams text, then exactly one done event at the end', async () => {
      const events = await collect(subject.runtime.generate(prompt()));
      expect(textOf(events).length).toBeGreaterThan(0);
      expect(events.filter((event) => event.type === 'done')).toHaveLength(1);
      expect(events.at(-1)?.type).toBe('done');
    });

    test('keeps to the token limit and says so', async () => {
      const events = await collect(subject.runtime.generate(prompt({ maxTokens: 4 })));
      const done = events.at(-1);
      if (done?.type !== 'done') throw new Error('the last event is not done');
      expect(done.stopReason).toBe('length');
      if (done.timings.generatedTokens !== null) expect(done.timings.generatedTokens).toBeLessThanOrEqual(4);
    });

    test('gives timings in milliseconds that fit together, unknown as null', async () => {
      const events = await collect(subject.runtime.generate(prompt()));
      const done = events.at(-1);
      if (done?.type !== 'done') throw new Error('the last event is not done');
      const { totalMs, ...rest } = done.timings;
      expect(totalMs).toBeGreaterThan(0);
      for (const value of Object.values(rest)) {
        expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true);
      }
      if (done.timings.firstTokenMs !== null) expect(done.timings.firstTokenMs).toBeLessThanOrEqual(totalMs + 1);
    });

    test('a stop string ends the text before it', async () => {
      const whole = textOf(await collect(subject.runtime.generate(prompt({ maxTokens: 24 }))));
      const word = whole
        .trim()
        .split(/\s+/)
        .find((part, index) => index > 1 && part.length > 1);
      expect(word, 'the model wrote fewer than three words').toBeDefined();
      const cut = textOf(await collect(subject.runtime.generate(prompt({ maxTokens: 24, stop: [word ?? ''] }))));
      expect(cut).toBe(whole.slice(0, whole.indexOf(word ?? '')));
    });

    test.skipIf(options.skipDeterminism !== undefined)(
      `the same seed gives the same text${options.skipDeterminism === undefined ? '' : ` (skipped: ${options.skipDeterminism})`}`,
      async () => {
        const request = prompt({ temperature: 0.8, seed: 42 });
        const first = textOf(await collect(subject.runtime.generate(request)));
        const second = textOf(await collect(subject.runtime.generate(request)));
        expect(second).toBe(first);
      },
    );

    test('an unknown model is a model-not-found error', async () => {
      const work = collect(subject.runtime.generate(prompt({ model: 'no-such-model:none' })));
      expect(await codeOf(work)).toBe('model-not-found');
    });

    test('an aborted signal ends the stream with a cancelled error', async () => {
      const abort = new AbortController();
      const work = (async () => {
        for await (const event of subject.runtime.generate(prompt({ maxTokens: 200 }), { signal: abort.signal })) {
          if (event.type === 'text') abort.abort();
        }
      })();
      expect(await codeOf(work)).toBe('cancelled');
    });

    test('a signal that is already aborted starts nothing', async () => {
      const work = collect(subject.runtime.generate(prompt(), { signal: AbortSignal.abort() }));
      expect(await codeOf(work)).toBe('cancelled');
    });

    test('leaving the loop early cancels, and the runtime goes on working', async () => {
      for await (const event of subject.runtime.generate(prompt({ maxTokens: 200 }))) {
        if (event.type === 'text') break;
      }
      const events = await collect(subject.runtime.generate(prompt({ maxTokens: 2 })));
      expect(events.at(-1)?.type).toBe('done');
    });

    test('loads, reports and unloads a model, or says that it cannot', async () => {
      const { runtime, model } = subject;
      if (!runtime.capabilities.residency) {
        expect(await codeOf(runtime.load(model))).toBe('capability-missing');
        return;
      }
      const { loadMs } = await runtime.load(model);
      expect(loadMs).toBeGreaterThanOrEqual(0);
      expect((await runtime.resident()).map((resident) => resident.name)).toContain(model);
      await runtime.unload(model);
      expect((await runtime.resident()).map((resident) => resident.name)).not.toContain(model);
      await runtime.unload(model);
    });

    test('embeds texts, or says that it cannot', async () => {
      const { runtime, model: generating, embeddingModel } = subject;
      const model = embeddingModel ?? generating;
      if (!runtime.capabilities.embeddings) {
        expect(await codeOf(runtime.embed(model, ['a']))).toBe('capability-missing');
        return;
      }
      const { vectors } = await runtime.embed(model, ['a fox', 'a crow']);
      expect(vectors).toHaveLength(2);
      expect(vectors[0]?.length).toBe(vectors[1]?.length);
    });

    test('reports alternatives of each token where it promises them', async () => {
      const { runtime } = subject;
      if (runtime.capabilities.topLogprobs === 0) {
        expect(await codeOf(collect(runtime.generate(prompt({ topLogprobs: 3 }))))).toBe('capability-missing');
        return;
      }
      const events = await collect(runtime.generate(prompt({ maxTokens: 3, topLogprobs: 3 })));
      const withAlternatives = events.filter((event) => event.type === 'text' && event.topLogprobs !== undefined);
      expect(withAlternatives.length).toBeGreaterThan(0);
      for (const event of withAlternatives) {
        if (event.type !== 'text') continue;
        for (const { logprob } of event.topLogprobs ?? []) expect(logprob).toBeLessThanOrEqual(1e-6);
      }
    });

    describe.skipIf(options.skipLive !== undefined)(
      `a live server${options.skipLive === undefined ? '' : ` (skipped: ${options.skipLive})`}`,
      () => {
        const chat = (extra: Partial<GenerateRequest> = {}): GenerateRequest => ({
          ...prompt(extra),
          input: { kind: 'chat', messages: [{ role: 'user', content: 'Tell me a story about a fox.' }] },
        });
        const stopReasonOf = (events: readonly GenerateEvent[]): string | null => {
          const done = events.at(-1);
          return done?.type === 'done' ? done.stopReason : null;
        };

        test('holds a chat, or says that it cannot', async () => {
          const { runtime } = subject;
          const work = collect(runtime.generate(chat({ maxTokens: 8 })));
          if (!runtime.capabilities.chat) {
            expect(await codeOf(work)).toBe('capability-missing');
            return;
          }
          const events = await work;
          expect(events.at(-1)?.type).toBe('done');
          expect(['stop', 'length']).toContain(stopReasonOf(events));
        });

        test('keeps to a schema, or says that it cannot', async () => {
          const { runtime } = subject;
          const format = { type: 'object', properties: { found: { type: 'boolean' } }, required: ['found'] };
          const work = collect(runtime.generate(chat({ maxTokens: 512, format })));
          if (!runtime.capabilities.jsonSchema) {
            expect(['capability-missing', null]).toContain(await codeOf(work));
            return;
          }
          const events = await work;
          expect(stopReasonOf(events)).toBe('stop');
          expect(JSON.parse(textOf(events))).toEqual({ found: expect.any(Boolean) as boolean });
        });

        test('sees images, or says that it cannot', async () => {
          const { runtime, model, visionModel } = subject;
          const messages = [{ role: 'user' as const, content: 'What is this?', images: [PIXEL] }];
          const request = {
            ...chat({ maxTokens: 4 }),
            model: visionModel ?? model,
            input: { kind: 'chat' as const, messages },
          };
          const code = await codeOf(collect(runtime.generate(request)));
          if (visionModel !== undefined) expect(code).toBeNull();
          else if (!runtime.capabilities.images) expect(code).toBe('capability-missing');
          // A server may see images with another model than this.
          else expect(['capability-missing', 'invalid-input', 'backend-failed', null]).toContain(code);
        });

        test('a slow reader gets the same text', async () => {
          const request = prompt({ maxTokens: 24 });
          const fast = textOf(await collect(subject.runtime.generate(request)));
          let slow = '';
          for await (const event of subject.runtime.generate(request)) {
            if (event.type === 'text') slow += event.text;
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          expect(slow).toBe(fast);
        });

        test('two requests at once are both answered, each its own', async () => {
          const request = prompt({ maxTokens: 12 });
          const alone = textOf(await collect(subject.runtime.generate(request)));
          const both = await Promise.all([1, 2].map(() => collect(subject.runtime.generate(request))));
          for (const events of both) {
            expect(stopReasonOf(events)).toBe('length');
            expect(textOf(events)).toBe(alone);
          }
        });

        test('unloading lets a running answer end', async () => {
          const { runtime, model } = subject;
          if (!runtime.capabilities.residency) return;
          const events: GenerateEvent[] = [];
          let unloading: Promise<void> | null = null;
          for await (const event of runtime.generate(prompt({ maxTokens: 24 }))) {
            events.push(event);
            unloading ??= runtime.unload(model);
          }
          await unloading;
          expect(stopReasonOf(events)).toBe('length');
          expect(stopReasonOf(await collect(runtime.generate(prompt({ maxTokens: 2 }))))).toBe('length');
        });
      },
    );
  });
}

/** A picture of one white pixel: PNG in base64. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==';
