import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presetTypes, type ModelHeader } from '@plimsoll/domain';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileModelInspector } from '../file/file-model-inspector.js';
import { writeSparseGguf } from './gguf-writer.js';
import { withHeaderFile } from './header-file.js';
import { writeHeaderOnlyGguf } from './header-only.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'header-only-'))));
afterAll(async () => rm(folder, { recursive: true }));

const read = async (path: string): Promise<ModelHeader> =>
  (await new FileModelInspector().inspect({ kind: 'file', path })).header;

/** A model with a vocabulary that readers pass over, and a whole number that is stored as a float. */
async function model(): Promise<ModelHeader> {
  const path = join(folder, 'model.gguf');
  await writeSparseGguf(path, {
    metadata: {
      'general.architecture': 'llama',
      'general.name': 'A model',
      'llama.block_count': 1,
      'llama.attention.head_count_kv': [2, 4],
      'llama.rope.freq_base': { type: 'float32', value: 10_000 },
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.tokens': Array.from({ length: 5000 }, (_, index) => `token ${index}`),
    },
    tensors: [
      { name: 'token_embd.weight', shape: [256, 5000], type: 'F16' },
      { name: 'blk.0.ffn_up.weight', shape: [256, 512], type: 'F16' },
      { name: 'output_norm.weight', shape: [256], type: 'F32' },
    ],
  });
  return read(path);
}

it('keeps hyper-parameters and tensors, and says how long the vocabulary was', async () => {
  const header = await model();
  const path = join(folder, 'same.gguf');
  const { headerBytes, fileBytes } = await writeHeaderOnlyGguf(path, header);
  const again = await read(path);
  expect(again.tensors).toEqual(header.tensors);
  expect(again.metadata.get('llama.attention.head_count_kv')).toMatchObject({ values: [2, 4] });
  expect(again.metadata.get('llama.rope.freq_base')).toBe(10_000);
  expect(again.metadata.get('llama.vocab_size')).toBe(5000);
  expect(again.metadata.get('tokenizer.ggml.model')).toBe('no_vocab');
  expect(again.metadata.has('tokenizer.ggml.tokens')).toBe(false);
  expect(headerBytes).toBeLessThan(1024);
  expect((await stat(path)).size).toBe(fileBytes);
});

it('takes the types of another level', async () => {
  const header = await model();
  const { tensors } = presetTypes(header, 'Q4_K_M');
  await withHeaderFile(header, tensors, async (path) => {
    const again = await read(path);
    expect(again.tensors.map(({ type, bytes }) => ({ type, bytes }))).toEqual(
      tensors.map(({ type, bytes }) => ({ type, bytes })),
    );
  });
});

it('leaves nothing behind, even when its use fails', async () => {
  const header = await model();
  let seen = '';
  const failing = withHeaderFile(header, [], async (path) => {
    seen = path;
    expect(existsSync(path)).toBe(true);
    throw new Error('the engine is gone');
  });
  await expect(failing).rejects.toThrow('the engine is gone');
  expect(existsSync(seen)).toBe(false);
});
