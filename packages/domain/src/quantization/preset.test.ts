import { describe, expect, it } from 'vitest';
import { UnsupportedLevelError } from '../errors/unsupported-level-error.js';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import type { ModelHeader } from '../model/model-header.js';
import { LEVEL_NAMES } from './level.js';
import type { Level } from './level.js';
import { levelBytes, levelFileBytes, presetTypes } from './preset.js';

const typeOf = (header: ModelHeader, level: Level, name: string): string | null | undefined =>
  presetTypes(header, level).tensors.find((tensor) => tensor.name === name)?.type;

describe('presetTypes', () => {
  // Source: the fact sheet on footprints, "Tensor bytes by level", in 1e9 bytes.
  it.each([
    ['llama31With8B', { Q4_0: 4.653, Q4_K_M: 4.913, Q5_K_M: 5.725, Q6_K: 6.588, Q8_0: 8.533, F16: 16.061 }],
    ['qwen25With7B', { Q4_0: 4.425, Q4_K_M: 4.677, Q5_K_M: 5.439, Q6_K: 6.248, Q8_0: 8.093, F16: 15.232 }],
    ['mistralV03', { Q4_0: 4.113, Q4_K_M: 4.372, Q5_K_M: 5.135, Q6_K: 5.946, Q8_0: 7.702, F16: 14.497 }],
    ['qwen3With30BA3B', { Q4_0: 17.299, Q4_K_M: 18.551, Q5_K_M: 21.72, Q6_K: 25.087, Q8_0: 32.478, F16: 61.09 }],
  ] as const)('gives the bytes of %s by level', (model, gigabytes) => {
    const header = transformerHeader(SHAPES[model]);
    for (const [level, expected] of Object.entries(gigabytes)) {
      expect(Number((levelBytes(header, level as Level) / 1e9).toFixed(3)), level).toBe(expected);
    }
  });

  it('gives Llama-3-8B at Q4_0 to the byte', () => {
    expect(levelBytes(transformerHeader(SHAPES.llama31With8B), 'Q4_0')).toBe(4_653_375_488);
  });

  // Source: the fact sheet on GGUF, golden bits per weight of Llama-3.1-8B (its file holds 64 rope factors more).
  it.each([
    ['Q2_K', 3.1593],
    ['Q4_K_M', 4.8944],
    ['Q6_K', 6.5633],
    ['Q8_0', 8.5008],
  ] as const)('gives Llama-3.1-8B at %s %d bits per weight', (level, bits) => {
    expect(presetTypes(transformerHeader(SHAPES.llama31With8B), level).bitsPerWeight).toBeCloseTo(bits, 3);
  });

  it('does not depend on the level of the header it starts from', () => {
    const tensors = LEVEL_NAMES.filter((level) => level !== 'NVFP4').map((level) =>
      ['F16', 'Q8_0', 'Q4_0'].map((type) => {
        const header = transformerHeader(SHAPES.mixtral8x7B, type as 'F16' | 'Q8_0' | 'Q4_0');
        const metadata = new Map(header.metadata).set('general.file_type', 1024);
        return levelBytes({ ...header, metadata }, level);
      }),
    );
    for (const [first, ...others] of tensors) expect(others).toEqual([first, first]);
  });

  it('raises the attention of eight experts and of the 70B class', () => {
    const mixtral = transformerHeader(SHAPES.mixtral8x7B);
    expect(typeOf(mixtral, 'Q4_K_M', 'blk.9.attn_k.weight')).toBe('Q8_0');
    expect(typeOf(mixtral, 'Q4_K_M', 'blk.9.attn_output.weight')).toBe('Q5_K');
    const large = transformerHeader(SHAPES.llama33With70B);
    expect(typeOf(large, 'Q3_K_M', 'blk.40.attn_v.weight')).toBe('Q5_K');
    expect(typeOf(transformerHeader(SHAPES.llama31With8B), 'Q3_K_M', 'blk.20.attn_v.weight')).toBe('Q4_K');
  });

  it('gives a tied embedding the type of the output matrix', () => {
    const tied = transformerHeader(SHAPES.gemma3With4B);
    expect(typeOf(tied, 'Q4_K_M', 'token_embd.weight')).toBe('Q6_K');
    expect(typeOf(transformerHeader(SHAPES.llama31With8B), 'Q4_K_M', 'token_embd.weight')).toBe('Q4_K');
  });

  it('keeps routers and norms, and stores experts alone as MXFP4', () => {
    const header = transformerHeader(SHAPES.qwen3With30BA3B);
    expect(typeOf(header, 'Q4_K_M', 'blk.0.ffn_gate_inp.weight')).toBe('F32');
    expect(typeOf(header, 'Q4_K_M', 'blk.0.attn_q_norm.weight')).toBe('F32');
    expect(typeOf(header, 'MXFP4_MOE', 'blk.0.ffn_up_exps.weight')).toBe('MXFP4');
    expect(typeOf(header, 'MXFP4_MOE', 'blk.0.attn_q.weight')).toBe('Q8_0');
  });

  it('falls back to smaller blocks, then to F16, for rows that do not divide', () => {
    const narrow = transformerHeader({ ...SHAPES.fable5M, width: 224, headLength: 28 });
    expect(typeOf(narrow, 'Q4_K_M', 'blk.2.attn_q.weight')).toBe('Q5_0');
    expect(typeOf(narrow, 'Q2_K', 'blk.2.attn_q.weight')).toBe('Q4_0');
    expect(typeOf(narrow, 'IQ4_XS', 'blk.2.attn_q.weight')).toBe('IQ4_NL');
    expect(typeOf(narrow, 'Q4_K_M', 'token_embd.weight')).toBe('Q8_0');
    const odd = transformerHeader({ ...SHAPES.fable5M, width: 200, headLength: 25 });
    expect(typeOf(odd, 'Q4_K_M', 'blk.2.attn_q.weight')).toBe('F16');
    expect(typeOf(odd, 'Q8_0', 'blk.2.attn_q.weight')).toBe('F16');
  });

  it('lets overrides win and tells the types of a file that already is of the level', () => {
    const header = transformerHeader(SHAPES.fable5M);
    const overrides = [{ pattern: 'blk\\.0\\.ffn_down', type: 'Q8_0' }] as const;
    const types = presetTypes(header, 'Q4_K_M', { overrides });
    expect(types.tensors.find(({ name }) => name === 'blk.0.ffn_down.weight')?.type).toBe('Q8_0');
    expect(presetTypes(header, 'F16')).toMatchObject({ source: 'file' });
    expect(types.source).toBe('rules');
  });

  it('refuses a level that llama.cpp cannot make', () => {
    expect(() => levelBytes(transformerHeader(SHAPES.fable5M), 'NVFP4')).toThrow(UnsupportedLevelError);
  });
});

describe('levelFileBytes', () => {
  const header = transformerHeader(SHAPES.fable5M);

  // Source: the sample model's card; a quantized file of it has a header of 96,448 bytes.
  it.each([
    ['Q8_0', 6_237_376],
    ['Q6_K', 4_840_640],
    ['Q4_K_M', 3_742_400],
    ['Q4_0', 3_624_128],
    ['Q2_K', 2_697_920],
  ] as const)('gives the file that quantizing the sample model to %s writes', (level, bytes) => {
    expect(levelFileBytes({ ...header, headerBytes: 96_448 }, level)).toBe(bytes);
    const metadata = new Map(header.metadata);
    metadata.delete('general.quantization_version');
    const withoutVersion = levelFileBytes({ ...header, metadata, headerBytes: 96_416 }, level);
    expect(Math.abs(withoutVersion - bytes)).toBeLessThanOrEqual(32);
  });
});
