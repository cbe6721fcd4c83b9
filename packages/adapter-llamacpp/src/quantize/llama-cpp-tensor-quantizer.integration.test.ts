import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { QuantizationError, TensorType } from '@plimsoll/domain';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/settings.js';
import { LlamaCppImportanceCollector } from '../imatrix/llama-cpp-importance-collector.js';
import { LlamaCppTensorQuantizer } from './llama-cpp-tensor-quantizer.js';
import { LlamaCppVariantBuilder } from './llama-cpp-variant-builder.js';

const source = sampleModelPath();

describe('LlamaCppTensorQuantizer', async () => {
  const folder = await temporaryFolder();
  const quantizer = new LlamaCppTensorQuantizer({ modelsFolder: folder });
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  const importanceMatrix = path.join(folder, 'imatrix.gguf');
  afterAll(async () => {
    await quantizer.close();
    await builder.close();
  });
  beforeAll(async () => {
    const collector = new LlamaCppImportanceCollector({ modelsFolder: folder });
    const text = (await readFile(sampleCorpusPath(), 'utf8')).slice(0, 4_000);
    await collector.collect({ model: source, text, dataset: 'test', target: importanceMatrix });
    await collector.close();
  });

  test('a spliced file has the bytes that the quantizer of whole files writes, and all else as it was', async () => {
    const types = new Map<string, TensorType>([
      ['blk.0.ffn_down.weight', 'IQ3_S'],
      ['blk.3.attn_v.weight', 'Q5_K'],
      ['token_embd.weight', 'Q4_K'],
    ]);
    // The quantizer sorts tensors: a file that it wrote has them in the order of its next one.
    const sorted = (await builder.build({ source, target: 'sorted', level: 'F16' })).path!;
    const target = path.join(folder, 'spliced.gguf');
    await quantizer.splice({ source: sorted, importanceMatrix, target, types });
    const overrides = [...types].map(([name, type]) => ({ pattern: `^${name.replaceAll('.', '\\.')}$`, type }));
    const all = [...overrides, { pattern: '.*', type: 'F16' } as const];
    const whole = await builder.build({
      source: sorted,
      target: 'whole',
      level: 'Q8_0',
      overrides: all,
      importanceMatrix,
    });
    const [ours, theirs] = [await readFile(target), await readFile(whole.path!)];
    // The headers differ by what the quantizer writes down of itself; the tensors come after them.
    const tensorBytes = 9_000_000;
    expect(ours.length).toBeGreaterThan(tensorBytes);
    expect(ours.subarray(-tensorBytes).equals(theirs.subarray(-tensorBytes))).toBe(true);
    // A second time what was quantized is there already.
    const again = path.join(folder, 'again.gguf');
    await quantizer.splice({ source: sorted, importanceMatrix, target: again, types });
    expect((await readFile(again)).equals(await readFile(target))).toBe(true);
  });

  test('errors fall as bits rise, and types that rows do not divide into are passed over', async () => {
    const types = ['Q2_K', 'Q4_K', 'Q8_0'] as const;
    const tensors = ['blk.0.attn_q.weight', 'blk.5.ffn_down.weight'];
    const found: (readonly QuantizationError[])[] = [];
    for await (const one of quantizer.errors({ source, importanceMatrix, tensors, types })) found.push(one);
    expect(found.map((all) => all.map(({ tensor, type }) => `${tensor} ${type}`))).toEqual(
      tensors.map((name) => types.map((type) => `${name} ${type}`)),
    );
    for (const [coarse, middle, fine] of found) {
      // Each bit halves the step, so that squared errors fall by four: two bits by 16, within a factor of three.
      expect(coarse!.error / middle!.error).toBeGreaterThan(16 / 3);
      expect(middle!.error / fine!.error).toBeGreaterThan(16 * 5);
      expect(fine!.error).toBeGreaterThan(0);
    }
  });

  test('without an importance matrix no error tells of types that need one', async () => {
    const [types, tensors] = [['IQ3_XXS', 'Q3_K'] as const, ['token_embd.weight', 'blk.0.attn_q.weight']];
    const typesOf = async (matrix: string | undefined) => {
      const found = [];
      const request = { source, importanceMatrix: matrix, tensors, types };
      for await (const one of quantizer.errors(request)) found.push(one.map(({ type }) => type));
      return found;
    };
    expect(await typesOf(undefined)).toEqual([['IQ3_XXS', 'Q3_K'], ['Q3_K']]);
    expect((await typesOf(importanceMatrix))[1]).toEqual(['IQ3_XXS', 'Q3_K']);
  });

  test('what cannot be made is refused', async () => {
    const target = path.join(folder, 'none.gguf');
    const splice = (change: object) =>
      quantizer.splice({ source, target, types: new Map([['nonsense', 'Q4_K']]), ...change });
    await expect(splice({})).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(splice({ source: path.join(folder, 'absent.gguf') })).rejects.toMatchObject({
      code: 'model-not-found',
    });
    const types = new Map([['blk.0.attn_q.weight', 'Q4_K' as const]]);
    await expect(splice({ types, target: folder })).rejects.toMatchObject({ code: 'storage-failed' });
    await expect(splice({ types, importanceMatrix: source })).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(stat(target)).rejects.toThrow();
  });
});
