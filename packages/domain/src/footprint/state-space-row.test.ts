import { describe, expect, it } from 'vitest';
import type { MetadataValue, ModelHeader } from '../model/model-header.js';
import { createFootprintModel } from './footprint-model.js';
import type { RunShape } from './operating-point.js';

type Tensors = readonly (readonly [name: string, shape: readonly number[]])[];

/** A header of one layer: scratch memory is the same for every layer. */
function headerOf(architecture: string, sizes: Readonly<Record<string, number>>, tensors: Tensors): ModelHeader {
  const keys = { block_count: 1, embedding_length: 2560, context_length: 1_048_576, ...sizes };
  const entries = Object.entries(keys).map(([key, value]) => [`${architecture}.${key}`, value] as const);
  const metadata = new Map<string, MetadataValue>([['general.architecture', architecture], ...entries]);
  return {
    version: 3,
    architecture,
    metadata,
    tensors: tensors.map(([name, shape]) => {
      const bytes = 4 * shape.reduce((product, length) => product * length, 1);
      return { name, shape, type: 'F32', typeId: 0, bytes, offset: 0 };
    }),
    headerBytes: 4096,
    fileBytes: 2 ** 32,
    parts: 1,
  };
}

const SHARED: Tensors = [['output_norm.weight', [2560]]];

const mamba: ModelHeader = headerOf(
  'mamba',
  { 'ssm.conv_kernel': 4, 'ssm.inner_size': 5120, 'ssm.state_size': 16, 'ssm.time_step_rank': 160 },
  [
    ...SHARED,
    ['token_embd.weight', [2560, 50_280]],
    ['blk.0.ssm_in.weight', [2560, 10_240]],
    ['blk.0.ssm_conv1d.weight', [4, 5120]],
    ['blk.0.ssm_x.weight', [5120, 192]],
    ['blk.0.ssm_dt.weight', [160, 5120]],
    ['blk.0.ssm_out.weight', [5120, 2560]],
  ],
);

const mamba2: ModelHeader = headerOf(
  'mamba2',
  {
    'ssm.conv_kernel': 4,
    'ssm.inner_size': 5120,
    'ssm.state_size': 128,
    'ssm.time_step_rank': 80,
    'ssm.group_count': 1,
  },
  [
    ...SHARED,
    ['token_embd.weight', [2560, 50_288]],
    ['blk.0.ssm_in.weight', [2560, 10_576]],
    ['blk.0.ssm_conv1d.weight', [4, 5376]],
    ['blk.0.ssm_out.weight', [5120, 2560]],
  ],
);

const onHost = (changes: Partial<RunShape> = {}): RunShape => ({
  contextTokens: 8192,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'on',
  placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
  ...changes,
});

/** Source: llama.cpp v0.5.0 (node-llama-cpp 3.22.1), header-only files of mamba-2.8b and mamba2-2.7b, no device. */
const ANSWERS = [
  ['Mamba', mamba, 'last', 68_610_112],
  ['Mamba', mamba, 'every', 118_706_208],
  ['Mamba 2', mamba2, 'last', 73_171_008],
  ['Mamba 2', mamba2, 'every', 118_722_592],
] as const;

describe('scratch memory of state-space models', () => {
  it.each(ANSWERS)('%s: what the engine takes', (_name, header, outputs, computeBytes) => {
    const { host } = createFootprintModel(header, { outputs }).footprint('file', onHost());
    // Rows that do not fit into freed room move Mamba 2 by 0.7 %.
    expect(Math.abs(host.computeBytes / computeBytes - 1)).toBeLessThan(0.01);
  });

  it('grows with each sequence by its state', () => {
    const bytes = (parallel: number): number =>
      createFootprintModel(mamba2).footprint('file', onHost({ parallel })).host.computeBytes;
    // Two copies of three convolved values of 5376, and 128 values of state for each of 5120.
    expect(bytes(2) - bytes(1)).toBe(4 * (2 * 3 * 5376 + 128 * 5120));
  });

  it('of recurrences without a known form counts the logits of every token', () => {
    const rwkv = headerOf('rwkv7', { 'wkv.head_size': 64 }, [...SHARED, ['token_embd.weight', [2560, 65_536]]]);
    const bytes = (outputs: 'every' | 'last'): number =>
      createFootprintModel(rwkv, { outputs }).footprint('file', onHost()).host.computeBytes;
    expect(bytes('last')).toBe(bytes('every'));
  });
});
