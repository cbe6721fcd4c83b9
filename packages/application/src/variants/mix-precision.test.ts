import { TENSOR_TYPES, levelFileBytes } from '@plimsoll/domain';
import type { ModelHeader, QuantizationError, SensitivityPrior, TensorType } from '@plimsoll/domain';
import { describe, expect, it } from 'vitest';
import { MixPrecision } from './mix-precision.js';
import type { PrecisionProbe, ProbeOptions, ProbedFile } from './precision-probe.js';

const KINDS = ['attn_q', 'attn_v', 'ffn_down'] as const;
/** How much worse than others each kind takes it. */
const WEIGHT: Readonly<Record<string, number>> = { attn_q: 0.1, attn_v: 3, ffn_down: 1 };
const tensor = (name: string, type: TensorType = 'F16') => ({
  ...{ name, type, typeId: TENSOR_TYPES[type].id, shape: [256, 256], bytes: 256 * 256 * 2, offset: 0 },
});

const headerOf = (type: TensorType, layers = 4, kinds: readonly string[] = KINDS): ModelHeader => ({
  ...{ version: 3, architecture: 'llama', parts: 1, headerBytes: 1_000, fileBytes: 2_000_000 },
  metadata: new Map<string, number>([
    ['llama.block_count', layers],
    ['llama.attention.head_count', 4],
    ['general.file_type', 1],
    ['general.quantization_version', 2],
  ]),
  tensors: Array.from({ length: layers }, (_, layer) =>
    kinds.map((kind) => tensor(`blk.${layer}.${kind}.weight`, type)),
  ).flat(),
});

/** A step less of a weight's grid makes a quarter of the squared error. */
const errorAt = (type: TensorType): number => {
  const { blockBytes, blockWeights } = TENSOR_TYPES[type];
  return 4 ** ((-blockBytes * 8) / blockWeights);
};

/** Losses that add up over tensors and fall with the bits. */
class AddingProbe implements PrecisionProbe {
  readonly judged: (readonly ProbedFile[])[] = [];
  readonly measured: ProbedFile[] = [];
  readonly #presetLoss: number;
  readonly #name: string;
  /** How much more whole files of a type lose than their parts. */
  readonly #surprise: Partial<Record<TensorType, number>>;

  constructor(presetLoss: number, name = 'one', surprise: Partial<Record<TensorType, number>> = {}) {
    this.#presetLoss = presetLoss;
    this.#name = name;
    this.#surprise = surprise;
  }

  async source(): Promise<string> {
    return this.#name;
  }

  async errors(tensors: readonly string[], types: readonly TensorType[]): Promise<readonly QuantizationError[]> {
    return tensors.flatMap((name) => types.map((type) => ({ tensor: name, type, error: errorAt(type) })));
  }

  async losses(files: readonly ProbedFile[], text: string, { onDone }: ProbeOptions): Promise<readonly number[]> {
    if (text === 'judging') this.judged.push(files);
    else this.measured.push(...files);
    return files.map((file) => {
      onDone?.();
      if (file.kind === 'preset') return this.#presetLoss;
      const whole = file.entries.length > 11;
      return file.entries.reduce((sum, { tensor: name, type }) => {
        const surprise = whole ? (this.#surprise[type] ?? 1) : 1;
        return sum + (WEIGHT[name.split('.')[2] ?? ''] ?? 1) * errorAt(type) * surprise;
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

  it('takes at most 60 measurements of a model with 32 layers, with its progress', async () => {
    const kinds = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'];
    const probe = new AddingProbe(1);
    const seen: [number, number][] = [];
    const plan = await new MixPrecision(probe).plan(
      headerOf('F16', 32, kinds),
      { kind: 'bits-per-weight', bits: 4.5 },
      { onProgress: (done, total) => seen.push([done, total]) },
    );
    expect(plan.entries.length).toBe(32 * 7);
    expect(plan.evaluations).toBeLessThanOrEqual(60);
    expect(probe.measured.length).toBe(plan.evaluations);
    expect(Math.max(...seen.map(([done]) => done))).toBe(plan.evaluations);
    expect(Math.max(...seen.map(([, total]) => total))).toBeLessThanOrEqual(60);
  });

  it('starts from what another model of the architecture showed, in half the measurements', async () => {
    const priors = new Map<string, SensitivityPrior>();
    const store = {
      read: async (architecture: string) => priors.get(architecture) ?? null,
      write: async (architecture: string, prior: SensitivityPrior) => void priors.set(architecture, prior),
    };
    const header = headerOf('F16', 16);
    const goal = { kind: 'bits-per-weight', bits: 4.5 } as const;
    const first = await new MixPrecision(new AddingProbe(1, 'first'), store).plan(header, goal);
    const next = await new MixPrecision(new AddingProbe(1, 'next'), store).plan(header, goal);
    expect(next.evaluations).toBeLessThanOrEqual(first.evaluations / 2);
    expect(next.entries).toEqual(first.entries);
    // One that was measured itself is not measured less.
    const again = await new MixPrecision(new AddingProbe(1, 'first'), store).plan(header, goal);
    expect(again.evaluations).toBe(first.evaluations);
  });

  it('corrects the types by what whole candidates lose, and takes the best of them', async () => {
    const probe = new AddingProbe(1, 'one', { IQ4_NL: 3 });
    const plan = await new MixPrecision(probe).plan(headerOf('F16'), { kind: 'bits-per-weight', bits: 4.5 });
    const wholes = probe.measured.filter((file) => file.kind === 'recipe' && file.entries.length === 12);
    expect(wholes.length).toBeGreaterThan(1);
    const losses = await probe.losses(wholes, 'selection', {});
    const [chosen] = await probe.losses([{ kind: 'recipe', entries: plan.entries }], 'selection', {});
    expect(chosen).toBe(Math.min(...losses));
    expect(chosen).toBeLessThan(losses[0]!);
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
