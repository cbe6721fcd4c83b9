import { InvalidInputError } from '../errors/invalid-input-error.js';
import { formatBytes } from '../planning/byte-size.js';
import type { TensorType } from '../quantization/tensor-type.js';
import { allocate } from './allocate.js';
import type { TypeChoice } from './allocate.js';
import type { AllocationGroup, AllocationOption } from './allocation-option.js';

/** A type that a group can have, with what it costs in time. */
export interface TimedOption extends AllocationOption {
  /** Seconds per token. */
  readonly seconds: number;
}

/** A group of tensors that get one type together. */
export interface TimedGroup extends AllocationGroup {
  readonly options: readonly TimedOption[];
}

/** What the fastest allocation may cost. */
export interface FastestBounds {
  /** Summed loss, above 0. */
  readonly loss: number;
  /** Null for no bound. */
  readonly bytes: number | null;
}

/** Which type each group gets, and the time that it takes. */
export interface TimedAllocation extends TypeChoice {
  readonly choices: readonly TimedOption[];
  /** Seconds per token, summed over groups. */
  readonly seconds: number;
  /** No allocation within the bound of loss takes less. */
  readonly secondsBound: number;
}

/** Losses are counted in so many parts of their bound, each rounded up; a bound that is met exactly is met so too. */
const PARTS = 2 ** 40;
const DOUBLINGS = 60;
const HALVINGS = 40;

/**
 * Chooses a type per group so that a token takes as little time as can be within a loss, and within a size where one is
 * given. The same knapsack as `allocate` with time in the place of loss, and loss in that of bytes; a size is kept by a
 * price per byte, which is the smallest that does (a Lagrange multiplier).
 * @throws InvalidInputError when no allocation is within the bounds
 */
export function allocateFastest(groups: readonly TimedGroup[], bounds: FastestBounds): TimedAllocation {
  const free = cheapest(groups, bounds.loss, 0);
  if (bounds.bytes === null || free.bytes <= bounds.bytes) return free;
  const { secondsBound } = free;
  let [low, high] = [0, free.seconds / Math.max(1, free.bytes)];
  let best: TimedAllocation | null = null;
  for (let i = 0; i < DOUBLINGS && best === null; i += 1, high *= 2) {
    const found = cheapest(groups, bounds.loss, high);
    if (found.bytes <= bounds.bytes) best = found;
    else low = high;
  }
  if (best === null) {
    throw new InvalidInputError(
      `No recipe of ${formatBytes(bounds.bytes)} of weights or less was found that is predicted to stray at most ${bounds.loss.toPrecision(3)} nats per token.`,
      { hint: 'Allow a larger file or more loss.' },
    );
  }
  for (let i = 0; i < HALVINGS; i += 1) {
    const price = (low + high) / 2;
    const found = cheapest(groups, bounds.loss, price);
    if (found.bytes > bounds.bytes) low = price;
    else {
      high = price;
      if (found.seconds < best.seconds) best = found;
    }
  }
  return { ...best, secondsBound };
}

/** The least of seconds and a price for bytes, within a loss. */
function cheapest(groups: readonly TimedGroup[], loss: number, secondsPerByte: number): TimedAllocation {
  const part = loss / PARTS;
  const budget = PARTS + groups.length;
  const byType = groups.map(({ options }) => new Map(options.map((option) => [option.type, option])));
  const turned = groups.map(({ name, options }): AllocationGroup => {
    const allowed = options.filter((option) => option.loss <= loss);
    if (allowed.length === 0) throw tooStrict(groups);
    return {
      name,
      options: allowed.map(({ type, bytes, loss: lost, seconds }) => {
        return { type, bytes: Math.ceil(Math.max(0, lost) / part), loss: seconds + secondsPerByte * bytes };
      }),
    };
  });
  if (turned.reduce((sum, { options }) => sum + Math.min(...options.map(({ bytes }) => bytes)), 0) > budget) {
    throw tooStrict(groups);
  }
  const { choices: found, lossBound } = allocate(turned, budget);
  const choices = found.map(({ type }, i) => optionOf(byType[i], type));
  const sum = (pick: (option: TimedOption) => number): number =>
    choices.reduce((total, option) => total + pick(option), 0);
  return {
    choices,
    bytes: sum(({ bytes }) => bytes),
    loss: sum((option) => option.loss),
    seconds: sum(({ seconds }) => seconds),
    secondsBound: lossBound,
  };
}

function optionOf(options: ReadonlyMap<TensorType, TimedOption> | undefined, type: TensorType): TimedOption {
  const option = options?.get(type);
  if (option === undefined) throw new InvalidInputError(`A group has no option ${type}.`);
  return option;
}

function tooStrict(groups: readonly TimedGroup[]): InvalidInputError {
  const least = groups.reduce((sum, { options }) => sum + Math.min(...options.map(({ loss }) => loss)), 0);
  return new InvalidInputError(`Even the best recipe is predicted to stray ${least.toPrecision(3)} nats per token.`, {
    hint: 'Allow more loss.',
  });
}
