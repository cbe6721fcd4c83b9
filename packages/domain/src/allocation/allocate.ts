import { InvalidInputError } from '../errors/invalid-input-error.js';
import { convexHull, gainPerByte, undominated } from './allocation-option.js';
import type { AllocationGroup, AllocationOption } from './allocation-option.js';
import { improve } from './local-search.js';

/** Which type each group gets. */
export interface TypeChoice {
  /** The option chosen for each group, in the order of the groups. */
  readonly choices: readonly AllocationOption[];
  readonly bytes: number;
  /** Sum of the chosen options' losses: a prediction, not a measurement. */
  readonly loss: number;
}

/** The choice that was found to lose least. */
export interface Allocation extends TypeChoice {
  /** No allocation within the budget can have less loss: the optimum if groups could be split between types. */
  readonly lossBound: number;
}

/**
 * Chooses a type per group so that the summed loss is as small as it can be made within a budget of bytes.
 * A multiple-choice knapsack: the optimum of its linear relaxation by the convex hulls of all groups (H. Kellerer
 * et al., Knapsack Problems, 2004, chapter 11), filled up greedily, then improved by exchanges of two groups.
 * With one or two groups the result is the optimum.
 * @throws InvalidInputError when a group has no option, or a number in it is unusable, or the budget is below the
 *   smallest possible size
 */
export function allocate(groups: readonly AllocationGroup[], budgetBytes: number): Allocation {
  groups.forEach(check);
  const ladders = groups.map((group) => undominated(group.options));
  const smallest = sum(ladders.map((ladder) => smallestOf(ladder).bytes));
  if (!(smallest <= budgetBytes)) {
    throw new InvalidInputError(`The budget of ${budgetBytes} bytes is below the smallest possible, ${smallest}.`, {
      hint: 'Give a larger budget or allow smaller types.',
    });
  }
  const relaxed = relax(ladders, budgetBytes);
  const choices = improve(ladders, relaxed.choices, budgetBytes);
  return {
    choices,
    bytes: sum(choices.map((choice) => choice.bytes)),
    loss: sum(choices.map((choice) => choice.loss)),
    lossBound: relaxed.lossBound,
  };
}

/** Takes the steps of all hulls in the order of what a byte buys; the first that does not fit gives the bound. */
function relax(
  ladders: readonly (readonly AllocationOption[])[],
  budgetBytes: number,
): { readonly choices: AllocationOption[]; readonly lossBound: number } {
  const choices = ladders.map(smallestOf);
  const steps = ladders.flatMap((ladder, group) => {
    const [smallest, ...larger] = convexHull(ladder);
    let from = smallest;
    return larger.flatMap((to) => {
      if (from === undefined) return [];
      const step = { group, from, to, gain: gainPerByte(from, to) };
      from = to;
      return [step];
    });
  });
  steps.sort((a, b) => b.gain - a.gain);
  let left = budgetBytes - sum(choices.map((choice) => choice.bytes));
  let loss = sum(choices.map((choice) => choice.loss));
  let lossBound: number | null = null;
  for (const { group, from, to, gain } of steps) {
    const bytes = to.bytes - from.bytes;
    if (bytes > left) lossBound ??= loss - gain * left;
    // A step of a group counts from the one before it, which may not have fitted.
    else if (choices[group] === from) {
      choices[group] = to;
      left -= bytes;
      loss -= from.loss - to.loss;
    }
  }
  return { choices, lossBound: lossBound ?? loss };
}

function check({ name, options }: AllocationGroup): void {
  const usable = options.every(({ bytes, loss }) => Number.isFinite(loss) && Number.isSafeInteger(bytes) && bytes >= 0);
  if (options.length > 0 && usable) return;
  throw new InvalidInputError(
    options.length === 0 ? `${name} has no type to choose from.` : `${name} has a size or a loss that is not a number.`,
  );
}

function smallestOf([smallest]: readonly AllocationOption[]): AllocationOption {
  if (smallest === undefined) throw new InvalidInputError('A group has no type to choose from.');
  return smallest;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
