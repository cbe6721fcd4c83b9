import { median } from '../metrics/robust-statistics.js';
import type { Rung } from './ladder.js';
import type { BytesByDomain, MemoryDomain } from './memory-ledger.js';

/**
 * How far an observation moves a prediction at most, as shares of it. What is farther above is of something else; below
 * it is believed less, since a memory that was freed just before comes back late and makes a load look small.
 */
const MOST_ABOVE = 0.5;
const MOST_BELOW = 0.1;

/**
 * A ladder with its predictions corrected by what loads were seen to take, by index: a rung that was loaded by its own
 * last observation, the others by the median difference of those that were.
 */
export function correctedLadder<Point extends Rung>(
  ladder: readonly Point[],
  observed: ReadonlyMap<number, BytesByDomain>,
): readonly Point[] {
  return ladder.map((rung, index) => {
    const domains = Object.entries(rung.bytes);
    const own = observed.get(index);
    const bytes = domains.map(([domain, predicted]) => {
      const difference = differenceIn(rung, own, domain) ?? median(differences(ladder, observed, domain)) ?? 0;
      return [domain, predicted === 0 ? 0 : predicted + bounded(difference, predicted)] as const;
    });
    return { ...rung, bytes: Object.fromEntries(bytes) };
  });
}

function differences(
  ladder: readonly Rung[],
  observed: ReadonlyMap<number, BytesByDomain>,
  domain: MemoryDomain,
): readonly number[] {
  return [...observed].flatMap(([index, bytes]) => differenceIn(ladder[index], bytes, domain) ?? []);
}

/** Null where nothing was observed in that memory, or nothing predicted. */
function differenceIn(
  rung: Rung | undefined,
  observed: BytesByDomain | undefined,
  domain: MemoryDomain,
): number | null {
  const [predicted, seen] = [rung?.bytes[domain] ?? 0, observed?.[domain]];
  return predicted === 0 || seen === undefined ? null : bounded(seen - predicted, predicted);
}

const bounded = (difference: number, predicted: number): number =>
  Math.round(Math.min(MOST_ABOVE * predicted, Math.max(-MOST_BELOW * predicted, difference)));
