import {
  InvalidInputError,
  allocate,
  levelFileBytes,
  precisionGroups,
  precisionOptions,
  recipeOverrides,
  sharedLosses,
} from '@plimsoll/domain';
import type {
  Allocation,
  AllocationGroup,
  CallOptions,
  Level,
  ModelHeader,
  PrecisionGroup,
  RecipeEntry,
  TensorOverride,
  TensorType,
} from '@plimsoll/domain';

/** A file to be made and judged: a level, and types that win over it. */
export interface ProbedBuild {
  readonly level: Level;
  readonly overrides: readonly TensorOverride[];
}

/** The text that is used for choosing, and one that is used only once the choice is made. */
export type ProbeText = 'selection' | 'judging';

/** Makes files and measures how far they stray from their source. */
export interface PrecisionProbe {
  /** Mean KL divergence in nats per token of each build, on the same windows for all. Builds measured before are known. */
  losses(
    builds: readonly ProbedBuild[],
    text: ProbeText,
    options: CallOptions & { readonly onDone?: (() => void) | undefined },
  ): Promise<readonly number[]>;
}

/** How large the result may be, or how much it may lose. */
export type MixGoal =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'bits-per-weight'; readonly bits: number }
  | { readonly kind: 'better-than'; readonly level: Level }
  | { readonly kind: 'max-loss'; readonly nats: number };

/** A recipe, before it is judged. */
export interface PrecisionPlan {
  readonly entries: readonly RecipeEntry[];
  /** Bytes of the file. */
  readonly fileBytes: number;
  readonly bitsPerWeight: number;
  /** Nats per token, by the sum over groups. */
  readonly predictedLoss: number;
  /** The best preset of no more bytes; null when all are larger. */
  readonly preset: { readonly level: Level; readonly fileBytes: number } | null;
  readonly groups: readonly PlannedGroup[];
  /** Files that were made and measured for it, or known. */
  readonly evaluations: number;
}

/** One group of a plan. */
export interface PlannedGroup {
  readonly name: string;
  readonly type: TensorType;
  readonly bytes: number;
  readonly predictedLoss: number;
}

/** How a plan and the preset of its size fared on text that was not used for choosing. */
export interface PrecisionVerdict {
  readonly loss: number;
  readonly presetLoss: number | null;
  /** Whether the recipe is no worse than the preset. */
  readonly keeps: boolean;
}

/** Types to choose from, the smallest first: the K types and the IQ types that are of use between them. */
const TYPES: readonly TensorType[] = ['Q2_K', 'IQ3_XXS', 'Q3_K', 'IQ4_XS', 'Q4_K', 'Q5_K', 'Q6_K', 'Q8_0'];
/** The type that groups are measured at alone: coarse enough to stand out from the noise. */
const ANCHOR: TensorType = 'Q3_K';
/** Evaluations that a model takes at most. */
const MOST_EVALUATIONS = 60;
/** Presets that a recipe is held against. */
const PRESETS: readonly Level[] = [
  ...(['Q6_K', 'Q5_K_M', 'Q5_K_S', 'Q4_K_M', 'Q4_K_S', 'IQ4_XS', 'Q3_K_L', 'Q3_K_M', 'Q3_K_S', 'IQ3_XXS'] as const),
  ...(['Q2_K', 'Q2_K_S'] as const),
];
/** What an importance matrix adds to a header at most. */
const HEADER_RESERVE = 512;

/** Chooses types by tensor from measured sensitivities. */
export class MixPrecision {
  readonly #probe: PrecisionProbe;

  constructor(probe: PrecisionProbe) {
    this.#probe = probe;
  }

  /** @throws InvalidInputError for a goal that nothing reaches, and whatever the probe throws */
  async plan(
    header: ModelHeader,
    goal: MixGoal,
    options: CallOptions & { readonly onProgress?: ((done: number, total: number) => void) | undefined } = {},
  ): Promise<PrecisionPlan> {
    const groups = precisionGroups(header, MOST_EVALUATIONS - TYPES.length);
    const kept = sourceType(groups);
    const wholes = TYPES.map((type): ProbedBuild => ({ level: 'Q8_0', overrides: [{ pattern: '.*', type }] }));
    const singles = groups.map(({ tensors }): ProbedBuild => ({
      level: 'Q8_0',
      overrides: [
        ...recipeOverrides(tensors.map(({ name }) => ({ tensor: name, type: anchorFor(tensors[0]?.shape[0] ?? 0) }))),
        { pattern: '.*', type: kept },
      ],
    }));
    const size = sizes(header, groups);
    // What no measurement can change is refused before the first one.
    if (goal.kind !== 'max-loss') size.check(budgetOf(header, goal));
    const all = [...wholes, ...singles];
    let done = 0;
    options.onProgress?.(0, all.length);
    const losses = await this.#probe.losses(all, 'selection', {
      signal: options.signal,
      onDone: () => options.onProgress?.(++done, all.length),
    });
    const whole = new Map(TYPES.map((type, i) => [type, Math.max(0, losses[i] ?? 0)]));
    const alone = new Map(groups.map(({ name }, i) => [name, Math.max(0, losses[TYPES.length + i] ?? 0)]));
    const choices = precisionOptions(groups, TYPES, sharedLosses(groups, alone, whole));
    const allocation =
      goal.kind === 'max-loss'
        ? smallestWithin(choices, goal.nats)
        : allocate(choices, budgetOf(header, goal) - size.fixedBytes);
    const entries = groups.flatMap(({ tensors }, i) =>
      tensors.map(({ name }): RecipeEntry => ({ tensor: name, type: allocation.choices[i]?.type ?? 'Q8_0' })),
    );
    const fileBytes = allocation.bytes + size.fixedBytes - HEADER_RESERVE;
    const presets = PRESETS.map((level) => ({ level, fileBytes: levelFileBytes(header, level, WITH_MATRIX) }));
    return {
      entries,
      fileBytes,
      bitsPerWeight: (fileBytes * 8) / weightsOf(header),
      predictedLoss: allocation.loss,
      preset: presets.filter((one) => one.fileBytes <= allocation.bytes + size.fixedBytes)[0] ?? null,
      groups: groups.map(({ name }, i) => {
        const { type = 'Q8_0', bytes = 0, loss = 0 } = allocation.choices[i] ?? {};
        return { name, type, bytes, predictedLoss: loss };
      }),
      evaluations: all.length,
    };
  }

  /** Holds a plan against the preset of its size, on text that was not used for choosing. */
  async judge({ entries, preset }: PrecisionPlan, options: CallOptions = {}): Promise<PrecisionVerdict> {
    const builds: readonly ProbedBuild[] = [
      { level: preset?.level ?? 'Q2_K', overrides: recipeOverrides(entries) },
      ...(preset === null ? [] : [{ level: preset.level, overrides: [] }]),
    ];
    const [loss = Number.NaN, presetLoss = null] = await this.#probe.losses(builds, 'judging', options);
    return { loss, presetLoss, keeps: presetLoss === null || loss <= presetLoss };
  }
}

const WITH_MATRIX = { importanceMatrix: true } as const;

function anchorFor(row: number): TensorType {
  return row % 256 === 0 ? ANCHOR : 'Q8_0';
}

/** The type that most matrices of the source have. */
function sourceType(groups: readonly PrecisionGroup[]): TensorType {
  const type = groups.flatMap(({ tensors }) => tensors)[0]?.type ?? null;
  if (type === 'F16' || type === 'BF16' || type === 'F32') return type;
  throw new InvalidInputError('The source is already quantized; a recipe for it would lose quality twice.', {
    hint: 'Start from an F16, BF16 or F32 file.',
  });
}

function budgetOf(header: ModelHeader, goal: Exclude<MixGoal, { kind: 'max-loss' }>): number {
  if (goal.kind === 'bytes') return goal.bytes;
  if (goal.kind === 'bits-per-weight') return Math.floor((goal.bits * weightsOf(header)) / 8);
  return levelFileBytes(header, goal.level, WITH_MATRIX) + HEADER_RESERVE;
}

/** Bytes of everything but the groups, and which budgets are possible. */
function sizes(
  header: ModelHeader,
  groups: readonly PrecisionGroup[],
): { readonly fixedBytes: number; readonly check: (budget: number) => void } {
  const bytesAt = (types: readonly TensorType[]): number =>
    precisionOptions(groups, types, () => 0).reduce((sum, { options }) => {
      const bytes = options.map((option) => option.bytes);
      return sum + (bytes.length === 0 ? 0 : Math.min(...bytes));
    }, 0);
  const largest = bytesAt(['Q8_0']);
  const overrides = [{ pattern: '.*', type: 'Q8_0' }] as const;
  const fixedBytes = levelFileBytes(header, 'Q8_0', { overrides }) - largest + HEADER_RESERVE;
  const least = bytesAt(TYPES) + fixedBytes;
  return {
    fixedBytes,
    check(budget) {
      if (budget >= least && budget <= 4 * (largest + fixedBytes)) return;
      throw new InvalidInputError(
        budget < least
          ? `A file of ${budget} bytes is too small: the smallest possible has ${least}.`
          : `A file of ${budget} bytes is larger than the model could use: at Q8_0 it has ${largest + fixedBytes}.`,
        { hint: 'Give another size.' },
      );
    },
  };
}

/** The smallest allocation that is predicted to lose no more. @throws InvalidInputError when none is */
function smallestWithin(choices: readonly AllocationGroup[], nats: number): Allocation {
  const bytes = (pick: (...all: number[]) => number): number =>
    choices.reduce((sum, { options }) => sum + pick(...options.map((option) => option.bytes)), 0);
  let [low, high] = [bytes(Math.min), bytes(Math.max)];
  const best = allocate(choices, high);
  if (best.loss > nats) {
    throw new InvalidInputError(
      `Even the best recipe is predicted to stray ${best.loss.toPrecision(3)} nats per token.`,
      {
        hint: 'Allow more with --max-kld.',
      },
    );
  }
  while (high - low > Math.max(1, low * 1e-4)) {
    const middle = Math.floor((low + high) / 2);
    if (allocate(choices, middle).loss <= nats) high = middle;
    else low = middle + 1;
  }
  return allocate(choices, high);
}

function weightsOf(header: ModelHeader): number {
  return header.tensors.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
}
