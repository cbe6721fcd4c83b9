import { locatePeer } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { describeModelRuntimeContract } from '@plimsoll/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OpenAiModelRuntime } from '../src/index.js';
import { collect, textOf } from './collect.js';
import { startLlamaServer } from './llama-server.js';
import type { LlamaServer } from './llama-server.js';
import { aBoolean, containing, matching } from './matchers.js';

const program = locatePeer('llama-server');
const reason = program === null ? ' (skipped: llama-server is not built; npm run peers builds it)' : '';

describe.skipIf(program === null)(`real llama-server${reason}`, () => {
  describeModelRuntimeContract('llama-server', async () => {
    const server = await startLlamaServer(program ?? '', ['--embeddings', '--pooling', 'mean']);
    return { runtime: new OpenAiModelRuntime(server), model: 'fable:5m', dispose: server.stop };
  });

  describe('what only the real program shows', () => {
    let server: LlamaServer;
    let runtime: OpenAiModelRuntime;

    beforeAll(async () => {
      server = await startLlamaServer(program ?? '', ['--api-key', 'open-sesame']);
      runtime = new OpenAiModelRuntime({ baseUrl: server.baseUrl, apiKey: 'open-sesame' });
    });
    afterAll(async () => {
      await runtime.close();
      await server.stop();
    });

    test('tells its product, build, level and size', async () => {
      expect(await runtime.info()).toMatchObject({ name: 'llama-server', version: matching(/\w+-\w+/) });
      expect(await runtime.find('fable:5m')).toMatchObject({
        level: 'F16',
        parameterSize: '5.8M',
        path: sampleModelPath(),
      });
      expect(await runtime.resident()).toMatchObject([{ name: 'fable:5m', contextTokens: 256 }]);
    });

    test('gives the times of the server itself', async () => {
      const prompt = { kind: 'prompt', prompt: 'The king said to the fisherman', raw: true } as const;
      const events = await collect(runtime.generate({ model: 'fable:5m', input: prompt, maxTokens: 8, seed: 1 }));
      const done = events.at(-1);
      if (done?.type !== 'done') throw new Error('no done event');
      expect(done.timings.generatedTokens).toBe(8);
      expect(done.timings.cachedPromptTokens).toBe(0);
      expect(done.timings.prefillMs).toBeGreaterThan(0);
      expect(done.timings.decodeMs).toBeGreaterThan(0);
    });

    test('keeps an answer to a schema, in a chat and raw', async () => {
      const format = {
        type: 'object',
        properties: { brave: { type: 'boolean' } },
        required: ['brave'],
        additionalProperties: false,
      };
      const messages = [{ role: 'user', content: 'Is the fox brave?' }] as const;
      for (const input of [
        { kind: 'chat', messages } as const,
        { kind: 'prompt', prompt: 'Is the fox brave?', raw: true } as const,
      ]) {
        const events = await collect(
          runtime.generate({ model: 'fable:5m', input, format, maxTokens: 150, temperature: 0 }),
        );
        expect(JSON.parse(textOf(events))).toMatchObject({ brave: aBoolean });
      }
    });

    test('says that embeddings and ranking are off', async () => {
      await expect(runtime.embed('fable:5m', ['a'])).rejects.toMatchObject({ code: 'capability-missing' });
      await expect(runtime.rerank('fable:5m', 'a', ['b'])).rejects.toMatchObject({ code: 'capability-missing' });
    });

    test('refuses a prompt that is longer than the context', async () => {
      const prompt = { kind: 'prompt', prompt: 'once '.repeat(400), raw: true } as const;
      const work = collect(runtime.generate({ model: 'fable:5m', input: prompt }));
      await expect(work).rejects.toMatchObject({ code: 'invalid-input', hint: containing('context') });
    });

    test('says that the key is wrong without showing it', async () => {
      const stranger = new OpenAiModelRuntime({ baseUrl: server.baseUrl, apiKey: 'wrong-key-1234' });
      const error: unknown = await stranger.list().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'invalid-config' });
      expect(String(error)).not.toContain('wrong-key-1234');
      await stranger.close();
    });

    test('a killed server breaks the stream with a backend-failed error', async () => {
      const doomed = await startLlamaServer(program ?? '');
      const other = new OpenAiModelRuntime(doomed);
      const prompt = { kind: 'prompt', prompt: 'Once', raw: true } as const;
      const work = (async () => {
        for await (const event of other.generate({ model: 'fable:5m', input: prompt, maxTokens: 250 })) {
          if (event.type === 'text') await doomed.stop();
        }
      })();
      await expect(work).rejects.toMatchObject({ code: 'backend-failed' });
      await expect(other.info()).rejects.toMatchObject({ code: 'backend-unreachable' });
      await other.close();
    });
  });
});
