import {
  InvalidInputError,
  allocate,
  levelFileBytes,
  precisionOptions,
  type Allocation,
  type AllocationGroup,
  type Level,
  type ModelHeader,
  type PrecisionGroup,
  type TensorType,
} from '@plimsoll/domain';

/** How large the result may be, or how much it may lose. */
export type MixGoal =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'bits-per-weight'; readonly bits: number }
  | { readonly kind: 'better-than'; readonly level: Level }
  | { readonly kind: 'max-loss'; readonly nats: number };

/** What an importance matrix adds to a header at most. */
const HEADER_RESERVE = 512;

/** Chooses types by what is predicted of them, for one goal. */
export interface GoalAllocator {
  readonly allocate: (choices: readonly AllocationGroup[]) => Allocation;
  /** Bytes of the file that an allocation makes. */
  readonly fileBytes: (allocation: Allocation) => number;
  /** Whether a preset's file is no larger than this allocation may be. */
  readonly admits: (presetBytes: number, allocation: Allocation) => boolean;
}

/** @throws InvalidInputError for a size that no choice of types has */
export function goalAllocator(
  header: ModelHeader,
  groups: readonly PrecisionGroup[],
  types: readonly TensorType[],
  goal: MixGoal,
): GoalAllocator {
  const bytesAt = (among: readonly TensorType[]): number =>
    precisionOptions(groups, among, () => 0).reduce((sum, { options }) => {
      const bytes = options.map((option) => option.bytes);
      return sum + (bytes.length === 0 ? 0 : Math.min(...bytes));
    }, 0);
  const largest = bytesAt(['Q8_0']);
  const overrides = [{ pattern: '.*', type: 'Q8_0' }] as const;
  const fixedBytes = levelFileBytes(header, 'Q8_0', { overrides }) - largest + HEADER_RESERVE;
  if (goal.kind !== 'max-loss') {
    checkBudget(budgetOf(header, goal), bytesAt(types) + fixedBytes, largest + fixedBytes);
  }
  return {
    allocate: (choices) =>
      goal.kind === 'max-loss'
        ? smallestWithin(choices, goal.nats)
        : allocate(choices, budgetOf(header, goal) - fixedBytes),
    fileBytes: ({ bytes }) => bytes + fixedBytes - HEADER_RESERVE,
    admits: (presetBytes, { bytes }) => presetBytes <= bytes + fixedBytes,
  };
}

/** Weights of a model. */
export function weightsOf(header: ModelHeader): number {
  return header.tensors.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
}

function budgetOf(header: ModelHeader, goal: Exclude<MixGoal, { kind: 'max-loss' }>): number {
  if (goal.kind === 'bytes') return goal.bytes;
  if (goal.kind === 'bits-per-weight') return Math.floor((goal.bits * weightsOf(header)) / 8);
  return levelFileBytes(header, goal.level, { importanceMatrix: true }) + HEADER_RESERVE;
}

function checkBudget(budget: number, least: number, atQ8: number): void {
  if (budget >= least && budget <= 4 * atQ8) return;
  throw new InvalidInputError(
    budget < least
      ? `A file of ${budget} bytes is too small: the smallest possible has ${least}.`
      : `A file of ${budget} bytes is larger than the model could use: at Q8_0 it has ${atQ8}.`,
    { hint: 'Give another size.' },
  );
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
