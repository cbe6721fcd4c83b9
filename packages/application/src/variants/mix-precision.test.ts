import { TENSOR_TYPES, levelFileBytes } from '@plimsoll/domain';
import type { ModelHeader, TensorType } from '@plimsoll/domain';
import { describe, expect, it } from 'vitest';
import { MixPrecision, type PrecisionProbe, type ProbedBuild } from './mix-precision.js';

const KINDS = ['attn_q', 'attn_v', 'ffn_down'] as const;
/** How much worse than others each kind takes it. */
const WEIGHT: Readonly<Record<string, number>> = { attn_q: 0.1, attn_v: 3, ffn_down: 1 };
const tensor = (name: string, type: TensorType = 'F16') => ({
  ...{ name, type, typeId: TENSOR_TYPES[type].id, shape: [256, 256], bytes: 256 * 256 * 2, offset: 0 },
});

const headerOf = (type: TensorType): ModelHeader => ({
  ...{ version: 3, architecture: 'llama', parts: 1, headerBytes: 1_000, fileBytes: 2_000_000 },
  metadata: new Map<string, number>([
    ['llama.block_count', 4],
    ['llama.attention.head_count', 4],
    ['general.file_type', 1],
    ['general.quantization_version', 2],
  ]),
  tensors: [0, 1, 2, 3].flatMap((layer) => KINDS.map((kind) => tensor(`blk.${layer}.${kind}.weight`, type))),
});

/** Losses that add up over tensors and fall with the bits. */
class AddingProbe implements PrecisionProbe {
  readonly judged: (readonly ProbedBuild[])[] = [];
  readonly #presetLoss: number;

  constructor(presetLoss: number) {
    this.#presetLoss = presetLoss;
  }

  async losses(builds: readonly ProbedBuild[], text: string): Promise<readonly number[]> {
    if (text === 'judging') this.judged.push(builds);
    return builds.map(({ overrides }) => {
      if (overrides.length === 0) return this.#presetLoss;
      return headerOf('F16').tensors.reduce((sum, { name }) => {
        const type = overrides.find(({ pattern }) => new RegExp(pattern).test(name))?.type ?? 'F16';
        const facts = TENSOR_TYPES[type];
        const bits = (facts.blockBytes * 8) / facts.blockWeights;
        return sum + (bits > 15 ? 0 : (WEIGHT[name.split('.')[2] ?? ''] ?? 1) * 4 ** -bits);
      }, 0);
    });
  }
}

describe('MixPrecision', () => {
  it('gives the bits to what loses most without them, within the size of the preset', async () => {
    const header = headerOf('F16');
    const mixing = new MixPrecision(new AddingProbe(1));
    const plan = await mixing.plan(header, { kind: 'better-than', level: 'Q4_K_S' });
    const bytesOf = (kind: string): number =>
      plan.groups.filter(({ name }) => name.startsWith(kind)).reduce((sum, { bytes }) => sum + bytes, 0);
    expect(bytesOf('attn_v')).toBeGreaterThan(bytesOf('attn_q'));
    expect(plan.fileBytes).toBeLessThanOrEqual(levelFileBytes(header, 'Q4_K_S') + 512);
    expect(plan.entries.length).toBe(12);
    expect(plan.evaluations).toBeLessThanOrEqual(60);
  });

  it.each([
    [1, true],
    [1e-9, false],
  ])('keeps the recipe only when it is no worse than the preset (%d)', async (presetLoss, keeps) => {
    const probe = new AddingProbe(presetLoss);
    const mixing = new MixPrecision(probe);
    const plan = await mixing.plan(headerOf('F16'), { kind: 'bits-per-weight', bits: 5 });
    expect(await mixing.judge(plan)).toMatchObject({ presetLoss, keeps });
    expect(probe.judged.length).toBe(1);
  });

  it('takes the smallest file that is predicted to lose no more', async () => {
    const mixing = new MixPrecision(new AddingProbe(1));
    const strict = await mixing.plan(headerOf('F16'), { kind: 'max-loss', nats: 0.001 });
    const lax = await mixing.plan(headerOf('F16'), { kind: 'max-loss', nats: 0.1 });
    expect(strict.predictedLoss).toBeLessThanOrEqual(0.001);
    expect(lax.predictedLoss).toBeLessThanOrEqual(0.1);
    expect(lax.fileBytes).toBeLessThan(strict.fileBytes);
  });

  it.each([
    ['a file below the smallest possible', headerOf('F16'), { kind: 'bytes', bytes: 10_000 }],
    ['one above the largest possible', headerOf('F16'), { kind: 'bytes', bytes: 1e9 }],
    ['a loss that nothing reaches', headerOf('F16'), { kind: 'max-loss', nats: 1e-9 }],
    ['a quantized source', headerOf('Q4_K'), { kind: 'bits-per-weight', bits: 4 }],
  ] as const)('refuses %s', async (_, header, goal) => {
    await expect(new MixPrecision(new AddingProbe(1)).plan(header, goal)).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});
