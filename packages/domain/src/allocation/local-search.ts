import type { AllocationOption } from './allocation-option.js';

/** A change of one group's type. */
interface Change {
  readonly group: number;
  readonly to: AllocationOption;
  /** Bytes that it takes, or gives back when negative. */
  readonly bytes: number;
  /** Loss that it saves, or costs when negative. */
  readonly gain: number;
}

/** The best change up to some number of bytes, and the best of another group. */
interface BestWithin {
  readonly bytes: number;
  readonly best: Change;
  readonly other: Change | null;
}

const MOST_MOVES = 1_000;
/** Below this share of the loss a move is rounding. */
const LEAST_GAIN = 1e-12;

/**
 * Improves an allocation by the best single enlargement, or the best pair of one group made smaller and another
 * larger, until none helps.
 */
export function improve(
  ladders: readonly (readonly AllocationOption[])[],
  start: readonly AllocationOption[],
  budgetBytes: number,
): AllocationOption[] {
  const choices = [...start];
  let left = choices.reduce((rest, choice) => rest - choice.bytes, budgetBytes);
  for (let moves = 0; moves < MOST_MOVES; moves++) {
    const move = bestMove(ladders, choices, left);
    if (move === null) break;
    for (const { group, to, bytes } of move) {
      choices[group] = to;
      left -= bytes;
    }
  }
  return choices;
}

function bestMove(
  ladders: readonly (readonly AllocationOption[])[],
  choices: readonly AllocationOption[],
  left: number,
): readonly Change[] | null {
  const changes = ladders.flatMap((ladder, group) => {
    const from = choices[group];
    if (from === undefined) return [];
    return ladder.map((to): Change => ({ group, to, bytes: to.bytes - from.bytes, gain: from.loss - to.loss }));
  });
  const enlargements = bestWithin(changes.filter((change) => change.bytes > 0));
  let found: readonly Change[] | null = null;
  let most = LEAST_GAIN * choices.reduce((total, choice) => total + Math.abs(choice.loss), 0);
  const consider = (reduction: Change | null): void => {
    const within = lookUp(enlargements, left - (reduction?.bytes ?? 0));
    const enlargement = within === null || within.best.group !== reduction?.group ? within?.best : within.other;
    if (enlargement === undefined || enlargement === null) return;
    const gain = enlargement.gain + (reduction?.gain ?? 0);
    if (gain <= most) return;
    most = gain;
    found = reduction === null ? [enlargement] : [reduction, enlargement];
  };
  consider(null);
  for (const change of changes) if (change.bytes < 0) consider(change);
  return found;
}

/** For each number of bytes the most that can be gained: by the best change, and by the best of another group. */
function bestWithin(changes: readonly Change[]): BestWithin[] {
  const table: BestWithin[] = [];
  for (const change of [...changes].sort((a, b) => a.bytes - b.bytes)) {
    const last = table.at(-1);
    table.push({ bytes: change.bytes, ...(last === undefined ? { best: change, other: null } : merge(last, change)) });
  }
  return table;
}

function merge({ best, other }: BestWithin, change: Change): Pick<BestWithin, 'best' | 'other'> {
  if (change.gain > best.gain) return { best: change, other: change.group === best.group ? other : best };
  const second = change.group !== best.group && (other === null || change.gain > other.gain);
  return { best, other: second ? change : other };
}

/** The last entry of at most that many bytes. */
function lookUp(table: readonly BestWithin[], bytes: number): BestWithin | null {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle]?.bytes ?? Infinity) <= bytes) low = middle + 1;
    else high = middle;
  }
  return table[low - 1] ?? null;
}
