import {
  InvalidInputError,
  allocate,
  allocateFastest,
  formatBytes,
  levelFileBytes,
  multipliedWeights,
  precisionOptions,
  type AllocationGroup,
  type Level,
  type ModelHeader,
  type PrecisionGroup,
  type TensorType,
  type TypeChoice,
  type TypeSpeeds,
} from '@plimsoll/domain';

/** How large the result may be, how much it may lose, or how fast it has to be. */
export type MixGoal =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'bits-per-weight'; readonly bits: number }
  | { readonly kind: 'better-than'; readonly level: Level }
  | { readonly kind: 'max-loss'; readonly nats: number }
  | FastestGoal;

/** As fast as can be within a loss. */
export interface FastestGoal {
  readonly kind: 'fastest';
  /** Nats per token, or what a preset loses. */
  readonly within: { readonly nats: number } | { readonly level: Level };
  /** How large the file may be; null for no bound. */
  readonly size: Extract<MixGoal, { kind: 'bytes' | 'bits-per-weight' }> | null;
  readonly speeds: TypeSpeeds;
}

/** What an importance matrix adds to a header at most. */
const HEADER_RESERVE = 512;

/** Chooses types by what is predicted of them, for one goal. */
export interface GoalAllocator {
  /** @param mostLoss nats per token, for goals that bound the loss */
  readonly allocate: (choices: readonly AllocationGroup[], mostLoss: number) => TypeChoice;
  /** Bytes of the file that a choice makes. */
  readonly fileBytes: (choice: Pick<TypeChoice, 'bytes'>) => number;
  /** Whether a preset's file is no larger than this choice may be. */
  readonly admits: (presetBytes: number, choice: TypeChoice) => boolean;
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
  const budget = budgetOf(header, goal);
  if (budget !== null) checkBudget(budget, bytesAt(types) + fixedBytes, largest + fixedBytes);
  const most = budget === null ? null : budget - fixedBytes;
  return {
    allocate: (choices, mostLoss) => {
      if (goal.kind === 'fastest') return fastestWithin(header, groups, choices, goal.speeds, { mostLoss, most });
      return most === null ? smallestWithin(choices, mostLoss) : allocate(choices, most);
    },
    fileBytes: ({ bytes }) => bytes + fixedBytes - HEADER_RESERVE,
    admits: (presetBytes, { bytes }) =>
      goal.kind === 'fastest' ? budget === null || presetBytes <= budget : presetBytes <= bytes + fixedBytes,
  };
}

/** Weights of a model. */
export function weightsOf(header: ModelHeader): number {
  return header.tensors.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
}

/** Null for a goal that bounds no size. */
function budgetOf(header: ModelHeader, goal: MixGoal): number | null {
  switch (goal.kind) {
    case 'bytes':
      return goal.bytes;
    case 'bits-per-weight':
      return Math.floor((goal.bits * weightsOf(header)) / 8);
    case 'better-than':
      return levelFileBytes(header, goal.level, { importanceMatrix: true }) + HEADER_RESERVE;
    case 'max-loss':
      return null;
    case 'fastest':
      return goal.size === null ? null : budgetOf(header, goal.size);
  }
}

function checkBudget(budget: number, least: number, atQ8: number): void {
  if (budget >= least && budget <= 4 * atQ8) return;
  throw new InvalidInputError(
    budget < least
      ? `A file of ${said(budget)} is too small: the smallest possible has ${said(least)}.`
      : `A file of ${said(budget)} is larger than the model could use: at Q8_0 it has ${said(atQ8)}.`,
    { hint: 'Give another size.' },
  );
}

const said = (bytes: number): string => `${formatBytes(bytes)} (${bytes} bytes)`;

/** Types whose speed is unknown are left out. */
function fastestWithin(
  header: ModelHeader,
  groups: readonly PrecisionGroup[],
  choices: readonly AllocationGroup[],
  { secondsPerWeight }: TypeSpeeds,
  { mostLoss, most }: { readonly mostLoss: number; readonly most: number | null },
): TypeChoice {
  const weights = multipliedWeights(header);
  const timed = choices.map(({ name, options }, i) => {
    const multiplied = groups[i]?.tensors.reduce((sum, tensor) => sum + (weights.get(tensor.name) ?? 0), 0) ?? 0;
    return {
      name,
      options: options.flatMap((option) => {
        const each = secondsPerWeight[option.type];
        return each === undefined ? [] : [{ ...option, seconds: multiplied * each }];
      }),
    };
  });
  return allocateFastest(timed, { loss: mostLoss, bytes: most });
}

/** The smallest allocation that is predicted to lose no more. @throws InvalidInputError when none is */
function smallestWithin(choices: readonly AllocationGroup[], nats: number): TypeChoice {
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
