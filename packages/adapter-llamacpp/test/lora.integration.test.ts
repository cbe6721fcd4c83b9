import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { locatePeer } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import type { LoraAdapter } from '@plimsoll/domain';
import { createLoraAdapter } from '@plimsoll/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LlamaCppRuntime } from '../src/index.js';
import { withLlamaServer } from './support/llama-server.js';
import { temporaryFolder } from './support/settings.js';

interface Told {
  readonly token: string;
  readonly logprob: number;
}

const server = locatePeer('llama-server');
const reason = server === null ? ' (skipped: llama-server is not built; npm run peers builds it)' : '';
const folder = await temporaryFolder();
const one = path.join(folder, 'one.gguf');
const other = path.join(folder, 'other.gguf');
const PROMPT = 'Once upon a time there was';
const runtime = new LlamaCppRuntime({ modelsFolder: folder, engine: { flavor: 'cpu' } });

beforeAll(async () => {
  await writeFile(one, createLoraAdapter('blk.5.ffn_down.weight', 768, 256));
  await writeFile(other, createLoraAdapter('blk.2.attn_output.weight', 256, 256));
});
afterAll(() => runtime.close());

async function told(adapters: readonly LoraAdapter[] | undefined): Promise<readonly Told[]> {
  const load = { contextTokens: 256, threads: 1, adapters };
  const input = { kind: 'prompt', prompt: PROMPT, raw: true } as const;
  const asked = { model: sampleModelPath(), input, maxTokens: 12, temperature: 0, seed: 1, topLogprobs: 1, load };
  const tokens: Told[] = [];
  for await (const event of runtime.generate(asked)) {
    if (event.type === 'text') tokens.push({ token: event.text, logprob: event.logprob ?? NaN });
  }
  return tokens;
}

test.skipIf(server === null)(`adapters change the answer as they do in llama-server${reason}`, async () => {
  const adapters = [
    { path: one, scale: 1 },
    { path: other, scale: -0.5 },
  ];
  const changed = await told(adapters);
  const flags = ['--lora', one, '--lora-scaled', `${other}:-0.5`];
  await withLlamaServer(server ?? '', sampleModelPath(), flags, async (post) => {
    const fields = { prompt: PROMPT, n_predict: 12, temperature: 0, n_probs: 1, cache_prompt: false };
    const { completion_probabilities: tokens } = (await post('/completion', fields)) as {
      completion_probabilities: readonly Told[];
    };
    expect(changed.map(({ token }) => token)).toEqual(tokens.map(({ token }) => token));
    // Their kernels are not made for the same processor.
    for (const [place, { logprob }] of changed.entries()) expect(logprob).toBeCloseTo(tokens[place]?.logprob ?? NaN, 2);
  });
  // Who asks for none gets none, though the model is loaded with them.
  const plain = await told(undefined);
  expect(plain).not.toEqual(changed);
  expect(await told([{ path: one, scale: 0 }])).toEqual(plain);
});

test('an adapter that is none, or of another model, is refused by name', async () => {
  const wrong = path.join(folder, 'wrong.gguf');
  await writeFile(wrong, createLoraAdapter('blk.99.ffn_down.weight', 768, 256));
  for (const [file, words] of [
    [path.join(folder, 'missing.gguf'), /^There is no adapter .*missing\.gguf\.$/],
    [sampleModelPath(), /^The adapter .* cannot be applied: .*adapter/],
    [wrong, /blk\.99\.ffn_down\.weight.* does not exist in base model/],
  ] as const) {
    await expect(told([{ path: file, scale: 1 }])).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(words) as string,
    });
  }
});
