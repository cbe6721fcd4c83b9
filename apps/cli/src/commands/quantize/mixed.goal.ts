import type { FastestGoal, MixGoal } from '@plimsoll/application';
import { MIX_TYPES } from '@plimsoll/application';
import type { BackendUseCases, TypeSpeedsOptions } from '@plimsoll/composition';
import { InvalidInputError, multipliedWeights } from '@plimsoll/domain';
import type { ModelHeader, PlanRequest } from '@plimsoll/domain';
import type { QuantizeFlags } from './quantize.flags.js';

/** What decides how large a recipe is: a goal of its own, the memory of a card, or the speed of types here. */
export type AskedGoal =
  | Exclude<MixGoal, FastestGoal>
  | { readonly kind: 'fit'; readonly card: string }
  | Omit<FastestGoal, 'speeds'>;

type Size = NonNullable<FastestGoal['size']>;

const LOSS_HINT = 'Say how much it may lose, with --max-kld 0.02 or --better-than Q4_K_M.';

/** What the flags ask for, or null when they name no goal. @throws InvalidInputError for goals that contradict */
export function mixGoal(flags: QuantizeFlags): AskedGoal | null {
  const { targetSize, targetBpw, betterThan, maxKld, fit, context, kv, fastest } = flags;
  const sizes: readonly Size[] = [
    ...(targetSize === undefined ? [] : [{ kind: 'bytes', bytes: targetSize } as const]),
    ...(targetBpw === undefined ? [] : [{ kind: 'bits-per-weight', bits: targetBpw } as const]),
  ];
  if (fit === undefined && (context !== undefined || kv !== undefined)) {
    throw new InvalidInputError('--context and --kv say what a recipe has to fit beside, but no card is named.', {
      hint: 'Name one with --fit, such as --fit "RTX 4060".',
    });
  }
  if (fastest === true) return fastestGoal(flags, sizes);
  const goals: readonly AskedGoal[] = [
    ...sizes,
    ...(betterThan === undefined ? [] : [{ kind: 'better-than', level: betterThan } as const]),
    ...(maxKld === undefined ? [] : [{ kind: 'max-loss', nats: maxKld } as const]),
    ...(fit === undefined ? [] : [{ kind: 'fit', card: fit } as const]),
  ];
  const [goal = null, second] = goals;
  if (second === undefined) return goal;
  throw new InvalidInputError('More than one target is given.', {
    hint: 'Give one of --target-size, --target-bpw, --better-than, --max-kld and --fit.',
  });
}

function fastestGoal({ betterThan, maxKld, fit }: QuantizeFlags, sizes: readonly Size[]): AskedGoal {
  const size = sizes[0] ?? null;
  if (fit !== undefined) {
    throw new InvalidInputError('--fastest asks for speed on this machine, and --fit is about a card.', {
      hint: `Leave out --fit. ${LOSS_HINT}`,
    });
  }
  if (sizes.length > 1) {
    throw new InvalidInputError('More than one size is given.', {
      hint: 'Give one of --target-size and --target-bpw.',
    });
  }
  if (betterThan !== undefined && maxKld !== undefined) {
    throw new InvalidInputError('--max-kld and --better-than both say how much may be lost.', {
      hint: 'Give one of the two.',
    });
  }
  if (maxKld !== undefined) return { kind: 'fastest', within: { nats: maxKld }, size };
  if (betterThan !== undefined) return { kind: 'fastest', within: { level: betterThan }, size };
  throw new InvalidInputError('The fastest recipe is the one that loses most: --fastest needs a bound.', {
    hint: LOSS_HINT,
  });
}

/** What a goal is resolved with. */
export interface GoalPlace {
  readonly use: BackendUseCases;
  readonly header: ModelHeader;
  /** The model's file. */
  readonly file: string;
  readonly flags: QuantizeFlags;
  readonly places: Pick<TypeSpeedsOptions, 'cache' | 'folder'>;
  readonly signal: AbortSignal;
  /** Called when types are about to be timed. */
  readonly onTiming: () => void;
}

/** The goal with what has to be known of this machine for it; for a card what is planned on it. */
export async function resolvedGoal(goal: AskedGoal, place: GoalPlace): Promise<MixGoal | PlanRequest> {
  const { use, header, file, flags, places, signal } = place;
  if (goal.kind === 'fit') return fitted(use, file, goal.card, flags, signal);
  if (goal.kind !== 'fastest') return goal;
  place.onTiming();
  const weights = [...multipliedWeights(header).values()].reduce((sum, one) => sum + one, 0);
  const speeds = await use.typeSpeeds(weights, places, { signal });
  if (speeds === null || MIX_TYPES.every((type) => speeds.secondsPerWeight[type] === undefined)) {
    throw new InvalidInputError('How fast types are multiplied is not known of this machine.', {
      hint: 'Leave out --fastest, or give a size.',
    });
  }
  return { ...goal, speeds };
}

/** What is planned on the card, with the machine's own RAM. */
async function fitted(
  use: BackendUseCases,
  model: string,
  card: string,
  { context, kv }: QuantizeFlags,
  signal: AbortSignal,
): Promise<PlanRequest> {
  const planner = await use.planning(model);
  const { request } = await planner.prepare(
    {
      ...{ model, gpu: card, contexts: context === undefined ? undefined : [context] },
      keyCacheTypes: [kv?.keyCacheType ?? 'f16'],
      valueCacheTypes: [kv?.valueCacheType ?? 'f16'],
    },
    { signal },
  );
  return request;
}
