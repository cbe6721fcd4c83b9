import type { ReadyCell } from './compare-dependencies.js';

/** Share of the free memory that the weights of one pass may take; the rest is for caches, logits and the machine. */
const WEIGHTS_SHARE = 0.5;

/**
 * Puts cells together that are scored in one pass over the text, so that the reference is evaluated once for all of
 * them: as many as the memory holds beside the reference. A cell of unknown size, or one that is too large, is alone.
 * @param availableBytes memory that programs may still take, bytes
 */
export function scoringGroups(
  reference: ReadyCell,
  cells: readonly ReadyCell[],
  availableBytes: number,
): readonly (readonly ReadyCell[])[] {
  const room = availableBytes * WEIGHTS_SHARE - (reference.ready.sizeBytes ?? Infinity);
  const groups: ReadyCell[][] = [];
  let left = -Infinity;
  for (const cell of cells) {
    const bytes = cell.ready.sizeBytes ?? Infinity;
    if (bytes <= left) {
      groups.at(-1)?.push(cell);
      left -= bytes;
    } else {
      groups.push([cell]);
      left = room - bytes;
    }
  }
  return groups;
}
