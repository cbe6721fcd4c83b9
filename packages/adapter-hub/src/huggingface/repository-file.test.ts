import { describe, expect, it } from 'vitest';
import { chooseVariant, groupVariants, type RepositoryFile } from './repository-file.js';

const files = (...paths: string[]): RepositoryFile[] => paths.map((path) => ({ path, sizeBytes: 1, digest: null }));

describe('groupVariants', () => {
  it.each([
    ['Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf', 'Q4_K_M', 'Q4_K_M'],
    ['llama-2-7b.Q8_0.gguf', 'Q8_0', 'Q8_0'],
    ['model-fp16.gguf', 'F16', 'F16'],
    ['qwen2.5-7b-instruct-q4_k_m-00001-of-00001.gguf', 'Q4_K_M', 'Q4_K_M'],
    ['gemma-3-4b-it-IQ3_XXS.gguf', 'IQ3_XXS', 'IQ3_XXS'],
    ['model-UD-Q4_K_XL.gguf', 'UD-Q4_K_XL', null],
    ['Q6_K/part.gguf', 'Q6_K', 'Q6_K'],
    ['ggml-model-Q4_0_4_8.gguf', 'ggml-model-q4_0_4_8.gguf', null],
    ['nothing.gguf', 'nothing.gguf', null],
    ['m-mixed-4.50bpw.gguf', 'mixed-4.50bpw', 'mixed-4.50bpw'],
  ])('%s is %s', (path, label, level) => {
    expect(groupVariants(files(path))).toMatchObject([{ path, label, level }]);
  });

  it('leaves out projectors, matrices, other formats and models whose parts are not all there', () => {
    const paths = ['mmproj-model-f16.gguf', 'x.imatrix.gguf', 'model.safetensors', 'm-Q8_0-00001-of-00002.gguf'];
    expect(groupVariants(files(...paths))).toEqual([]);
  });
});

describe('a list that claims more than it holds', () => {
  it('costs as much work as it has entries, whatever number of parts they claim', () => {
    const count = 20_000;
    const names = Array.from({ length: count }, (_, i) => `a${i}-00001-of-99999.gguf`);
    const parts = Array.from({ length: count }, (_, i) => `b-${String(i + 1).padStart(5, '0')}-of-20000.gguf`);
    const variants = groupVariants(files(...names, ...parts.reverse()));
    expect(variants.map(({ path, files: found }) => [path, found.length])).toEqual([['b-00001-of-20000.gguf', count]]);
    expect(variants[0]?.files[1]?.path).toBe('b-00002-of-20000.gguf');
  });
});

describe('chooseVariant', () => {
  const variants = groupVariants(files('m-Q8_0.gguf', 'm-Q4_K_M.gguf', 'm-UD-Q2_K_XL.gguf', 'odd.gguf'));
  it.each([
    [null, 'm-Q4_K_M.gguf'],
    ['latest', 'm-Q4_K_M.gguf'],
    ['q8_0', 'm-Q8_0.gguf'],
    ['ud-q2_k_xl', 'm-UD-Q2_K_XL.gguf'],
    ['ODD.gguf', 'odd.gguf'],
  ])('%s chooses %s', (tag, path) => {
    expect(chooseVariant(variants, tag)?.path).toBe(path);
  });

  it('falls back when there is no Q4_K_M, and finds nothing where nothing is', () => {
    expect(chooseVariant(groupVariants(files('m-Q8_0.gguf', 'm-Q2_K.gguf')), null)?.path).toBe('m-Q8_0.gguf');
    expect(chooseVariant([], null)).toBeNull();
    expect(chooseVariant(variants, 'Q5_0')).toBeNull();
  });
});
