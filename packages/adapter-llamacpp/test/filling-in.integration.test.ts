import path from 'node:path';
import { locatePeer } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { copyWithNumbers } from '@plimsoll/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LlamaCppRuntime } from '../src/index.js';
import { withLlamaServer } from './support/llama-server.js';
import { temporaryFolder } from './support/settings.js';

const server = locatePeer('llama-server');
const reason = server === null ? ' (skipped: llama-server is not built; npm run peers builds it)' : '';
const folder = await temporaryFolder();
const model = path.join(folder, 'fills.gguf');
const runtime = new LlamaCppRuntime({ modelsFolder: folder, engine: { flavor: 'cpu' } });

beforeAll(() =>
  copyWithNumbers(sampleModelPath(), model, {
    'tokenizer.ggml.fim_pre_token_id': 5,
    'tokenizer.ggml.fim_suf_token_id': 6,
    'tokenizer.ggml.fim_mid_token_id': 7,
  }),
);
afterAll(() => runtime.close());

const GAPS = [
  ['Once upon a time there was', ' who lived happily ever after.'],
  ['', 'and that was the end.'],
  ['The king said to his daughter', ''],
] as const;

const load = { contextTokens: 256, threads: 1 };

async function filled(name: string, prompt: string, suffix: string): Promise<string> {
  const input = { kind: 'prompt', prompt, suffix } as const;
  let text = '';
  for await (const event of runtime.generate({ model: name, input, maxTokens: 12, temperature: 0, seed: 1, load })) {
    if (event.type === 'text') text += event.text;
  }
  return text;
}

test.skipIf(server === null)(`a gap is filled as llama-server fills it${reason}`, async () => {
  await withLlamaServer(server ?? '', model, [], async (post) => {
    for (const [prompt, suffix] of GAPS) {
      const fields = { input_prefix: prompt, input_suffix: suffix, n_predict: 12, temperature: 0, cache_prompt: false };
      const { content } = (await post('/infill', fields)) as { content: string };
      expect(await filled(model, prompt, suffix)).toBe(content);
    }
  });
});

test('a model without the marks says so', async () => {
  await expect(filled(sampleModelPath(), 'Once', 'end')).rejects.toMatchObject({
    code: 'invalid-input',
    message: 'This model cannot fill in between a prompt and a suffix.',
  });
});

test('a context that is full is never shifted: what does not fit is refused with its size', async () => {
  const words = 'Once upon a time there was a king. '.repeat(20);
  await expect(filled(model, words, words)).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(
      /^The prompt has (more than )?\d+ tokens; the context holds 256, the answer included\.$/,
    ) as string,
  });
});
