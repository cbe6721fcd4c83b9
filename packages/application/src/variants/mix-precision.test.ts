import { InvalidInputError, TENSOR_TYPES, levelFileBytes, presetTypes, tokenSeconds } from '@plimsoll/domain';
import type { Level, ModelHeader, QuantizationError, SensitivityPrior, TensorType } from '@plimsoll/domain';
import { describe, expect, it } from 'vitest';
import type { TimeEstimate } from './measuring-time.js';
import type { FastestGoal } from './mix-goal.js';
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
    ['llama.embedding_length', 256],
    ['llama.feed_forward_length', 256],
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
  hasImportance = true;
  readonly judged: (readonly ProbedFile[])[] = [];
  readonly measured: ProbedFile[] = [];
  readonly knows = new Set<string>();
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

  async prepare(): Promise<void> {}

  async known(files: readonly ProbedFile[]): Promise<readonly boolean[]> {
    return files.map((file) => this.knows.has(JSON.stringify(file)));
  }

  async shareOfMany(): Promise<number> {
    return 0.5;
  }

  async losses(files: readonly ProbedFile[], text: string, { onDone }: ProbeOptions): Promise<readonly number[]> {
    if (text === 'judging') this.judged.push(files);
    else this.measured.push(...files);
    return files.map((file) => {
      if (!this.knows.has(JSON.stringify(file))) onDone?.();
      this.knows.add(JSON.stringify(file));
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

  it.each([
    [true, 'IQ3_XXS'],
    [false, undefined],
  ])('holds it against a preset that can be made (importance matrix: %s)', async (hasImportance, level) => {
    const probe = Object.assign(new AddingProbe(1), { hasImportance });
    // The only smaller presets that need none are larger than this one.
    const plan = await new MixPrecision(probe).plan(headerOf('F16'), { kind: 'better-than', level: 'IQ3_XXS' });
    expect(plan.preset?.level).toBe(level);
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

  it('counts what is known from the start, and asks for the time of the rest', async () => {
    const probe = new AddingProbe(1);
    const goal = { kind: 'bits-per-weight', bits: 5 } as const;
    const seen: number[] = [];
    await new MixPrecision(probe).plan(headerOf('F16'), goal, { onProgress: (done) => seen.push(done) });
    expect(seen.slice(0, 3)).toEqual([0, 1, 2]);
    probe.knows.delete(JSON.stringify(probe.measured[0]));
    const asked: number[] = [];
    const consent = {
      clock: { monotonicMs: () => 0 },
      agree: async (of: TimeEstimate) => void asked.push(of.evaluations),
    };
    seen.length = 0;
    await new MixPrecision(probe).plan(headerOf('F16'), goal, { consent, onProgress: (done) => seen.push(done) });
    expect(asked).toEqual([4]);
    expect(seen[0]).toBe(14);
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

  describe('as fast as can be', () => {
    const secondsPerWeight = { Q2_K: 1, IQ4_NL: 2, Q4_K: 2, Q8_0: 3, Q6_K: 4, Q3_K: 5, Q5_K: 6, IQ3_S: 9, F32: 9 };
    const speeds = { secondsPerWeight, layerSeconds: 1, basis: 'measured', processor: 'x' } as const;
    const goal = (within: FastestGoal['within']): FastestGoal => ({ kind: 'fastest', within, size: null, speeds });

    it.each([0.002, 0.005, 0.02, 0.08])(
      'is never slower than the fastest preset that loses no more than %d',
      async (nats) => {
        const header = headerOf('F16');
        const { predictedLoss, speed, preset, sizes } = await new MixPrecision(new AddingProbe(1)).plan(
          header,
          goal({ nats }),
        );
        expect(predictedLoss).toBeLessThanOrEqual(nats);
        const allowed = sizes.presets.filter(({ loss }) => loss <= nats).map(({ label }) => label);
        expect(allowed).toContain(preset?.level);
        for (const level of allowed) {
          const seconds = tokenSeconds(header, presetTypes(header, level as Level).tensors, speeds);
          expect(speed?.tokenSeconds).toBeLessThanOrEqual(seconds ?? Infinity);
        }
      },
    );

    it('takes no type that is slower and loses more', async () => {
      const plan = await new MixPrecision(new AddingProbe(1)).plan(headerOf('F16'), goal({ nats: 0.01 }));
      for (const { type } of plan.groups) expect(['Q2_K', 'IQ4_NL', 'Q4_K', 'Q8_0']).toContain(type);
    });

    it.each([
      [1, true],
      [1e-9, false],
    ])('keeps what a preset may lose as its bound, measured (%d)', async (presetLoss, keeps) => {
      const mixing = new MixPrecision(new AddingProbe(Math.max(presetLoss, 0.01)));
      const plan = await mixing.plan(headerOf('F16'), goal({ level: 'Q4_K_M' }));
      const judging = new MixPrecision(new AddingProbe(presetLoss));
      expect(await judging.judge(plan)).toMatchObject({ keeps });
    });

    it('stays within a size that is given, and is slower for it', async () => {
      const lax = await new MixPrecision(new AddingProbe(1)).plan(headerOf('F16'), goal({ nats: 0.02 }));
      const size = { kind: 'bytes', bytes: lax.fileBytes - 10_000 } as const;
      const plan = await new MixPrecision(new AddingProbe(1)).plan(headerOf('F16'), { ...goal({ nats: 0.02 }), size });
      expect(plan.fileBytes).toBeLessThanOrEqual(size.bytes);
      expect(plan.predictedLoss).toBeLessThanOrEqual(0.02);
      expect(plan.speed?.tokenSeconds).toBeGreaterThan(lax.speed?.tokenSeconds ?? Infinity);
    });
  });

  it('asks for the time that the first measurement foretells, before the second', async () => {
    const probe = new AddingProbe(1);
    let now = 0;
    const clock = { monotonicMs: () => (now += 1_000) };
    const asked: TimeEstimate[] = [];
    const agree = async (estimate: TimeEstimate): Promise<void> => {
      asked.push(estimate);
      throw new InvalidInputError('no');
    };
    const goal = { kind: 'bits-per-weight', bits: 5 } as const;
    await expect(new MixPrecision(probe).plan(headerOf('F16'), goal, { consent: { clock, agree } })).rejects.toThrow(
      'no',
    );
    expect(probe.measured.length).toBe(1);
    // Twelve groups less one, two families of inputs and four candidates, at half of the first one's second each.
    expect(asked).toEqual([{ evaluations: 17, durationMs: 8_500 }]);
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
