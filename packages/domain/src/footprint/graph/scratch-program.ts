import { ScratchMemory } from '../scratch-memory.js';
import { nameInLayer } from '../weight-table.js';
import { KEYS, VALUES } from './attention.js';
import type { Layout } from './lay-out.js';

/** What the sizes of a graph's tensors depend on, once its structure is settled. */
export interface ScratchSizes {
  /** Cells of the cache. */
  readonly cells: number;
  /** Bytes of one value in the caches of keys and of values. */
  readonly keyBytes: number;
  readonly valueBytes: number;
  /** Bytes of the largest weight of each name, without the number of its layer. */
  readonly weights: ReadonlyMap<string, number>;
}

/** Cells of the cache that a layout is made for. */
export const CELLS = 256;

interface Slot {
  readonly place: number;
  readonly bytes: number;
  readonly perCell: number;
  /** Whose bytes it has; null where `bytes` and `perCell` say all. */
  readonly of: string | null;
}

/** How scratch memory is used by graphs of one structure, whatever the sizes of their tensors. */
export class ScratchProgram {
  readonly #slots: readonly Slot[];
  readonly #steps: readonly number[];
  readonly #alignments: readonly number[];

  /** A graph laid out for `CELLS`, and the alignment in each place. */
  constructor({ slots, steps }: Layout, alignments: readonly number[]) {
    this.#steps = steps;
    this.#alignments = alignments;
    this.#slots = slots.map(({ place, bytes, perCell, copyOf }) => {
      const name = copyOf?.of ?? null;
      // Of a cache that is copied, values were counted as of 32 bits.
      if (name === KEYS || name === VALUES) return { place, bytes: 0, perCell: bytes / CELLS / 4, of: name };
      const of = name === null ? null : nameInLayer(name);
      return { place, bytes: perCell ? 0 : bytes, perCell: perCell ? bytes / CELLS : 0, of };
    });
  }

  /** Bytes in each place. */
  run({ cells, keyBytes, valueBytes, weights }: ScratchSizes): readonly number[] {
    const memories = this.#alignments.map((alignment) => new ScratchMemory(alignment));
    const blocks = this.#slots.map(() => ({ from: 0, bytes: 0 }));
    for (const step of this.#steps) {
      const index = step < 0 ? ~step : step;
      const slot = this.#slots[index];
      const memory = memories[slot?.place ?? -1];
      const block = blocks[index];
      if (slot === undefined || memory === undefined || block === undefined) continue;
      if (step < 0) {
        memory.give(block);
        continue;
      }
      const { of, perCell } = slot;
      const bytes =
        of === null
          ? slot.bytes + perCell * cells
          : of === KEYS
            ? perCell * cells * keyBytes
            : of === VALUES
              ? perCell * cells * valueBytes
              : (weights.get(of) ?? 0);
      blocks[index] = memory.take(bytes);
    }
    return memories.map(({ usedBytes }) => usedBytes);
  }
}
