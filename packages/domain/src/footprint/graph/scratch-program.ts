import { aligned, ScratchMemory } from '../scratch-memory.js';
import type { WeightTable } from '../weight-table.js';
import { KEYS, VALUES } from './attention.js';
import type { Layout } from './lay-out.js';
import type { CacheKind } from './tensor.js';

/** What the sizes of a graph's tensors depend on, once its structure is settled. */
export interface ScratchSizes {
  /** Cells of each cache. */
  readonly cells: Readonly<Record<CacheKind, number>>;
  /** Bytes of one value in the caches of keys and of values. */
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly weights: Pick<WeightTable, 'sizes'>;
}

/** Cells of the caches that a layout is made for. */
export const CELLS = 256;

/** What decides how many bytes a slot has: a cache, its type, or a weight. */
interface Measure {
  readonly kind: CacheKind | null;
  /** Whose bytes are copied; null where nothing is. */
  readonly of: string | null;
  /** The share of a cell that a copy ends before the last one does, as of the first values of each row. */
  readonly short: number;
}

type Results = Map<string, readonly number[]>;

/** How scratch memory is used by graphs of one structure, whatever the sizes of their tensors. */
export class ScratchProgram {
  readonly #steps: Int32Array;
  readonly #alignments: readonly number[];
  readonly #measures: readonly Measure[];
  /** Of each slot: its place, its bytes, and the number of the measure that these are multiplied by, -1 for none. */
  readonly #places: Uint8Array;
  readonly #bytes: Float64Array;
  readonly #measureOf: Int16Array;
  /** Where each slot lies and how many bytes it has, while it is laid out. */
  readonly #starts: Float64Array;
  readonly #sized: Float64Array;
  /** What was found for the same cells and bytes of a value, of one set of weights where any of them counts. */
  readonly #known: Results = new Map();
  readonly #knownOf = new WeakMap<ScratchSizes['weights'], Results>();
  readonly #hasWeights: boolean;

  /** A graph laid out for `CELLS`, and the alignment in each place. */
  constructor({ slots, steps }: Layout, alignments: readonly number[]) {
    this.#steps = Int32Array.from(steps);
    this.#alignments = alignments;
    this.#places = Uint8Array.from(slots, ({ place }) => place);
    this.#bytes = new Float64Array(slots.length);
    this.#starts = new Float64Array(slots.length);
    this.#sized = new Float64Array(slots.length);
    this.#measureOf = new Int16Array(slots.length);
    const numbers = new Map<string, number>();
    const measures: Measure[] = [];
    for (const [index, { bytes, perCell, copyOf }] of slots.entries()) {
      const of = copyOf?.of ?? null;
      const isOfCache = of === KEYS || of === VALUES;
      const kind = of === null || isOfCache ? perCell : null;
      // Of a cache that is copied, values were counted as of 32 bits.
      const unit = kind === null || !isOfCache ? CELLS : 4 * CELLS;
      const whole = isOfCache ? Math.ceil(bytes / unit) : bytes / unit;
      const short = kind !== null && whole > 0 ? CELLS - (bytes / unit / whole) * CELLS : 0;
      this.#bytes[index] = kind !== null ? whole : of === null ? bytes : 1;
      if (kind === null && of === null) this.#measureOf[index] = -1;
      else {
        const key = `${String(kind)} ${String(of)} ${String(short)}`;
        const number = numbers.get(key) ?? measures.push({ kind, of, short }) - 1;
        numbers.set(key, number);
        this.#measureOf[index] = number;
      }
    }
    this.#measures = measures;
    this.#hasWeights = measures.some(({ kind }) => kind === null);
  }

  /** Bytes in each place. */
  run(sizes: ScratchSizes): readonly number[] {
    const known = this.#hasWeights ? this.#resultsOf(sizes.weights) : this.#known;
    const { cells, keyBytes, valueBytes } = sizes;
    const key = `${String(cells.full)} ${String(cells.window)} ${String(keyBytes)} ${String(valueBytes)}`;
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = this.#layOut(sizes)));
    return found;
  }

  #resultsOf(weights: ScratchSizes['weights']): Results {
    const known = this.#knownOf.get(weights) ?? new Map<string, readonly number[]>();
    this.#knownOf.set(weights, known);
    return known;
  }

  #layOut(sizes: ScratchSizes): readonly number[] {
    const memories = this.#alignments.map(() => new ScratchMemory());
    const measured = this.#measures.map((measure) => amount(measure, sizes));
    const sized = this.#sized;
    const starts = this.#starts;
    const places = this.#places;
    const factors = Float64Array.from([1, ...measured]);
    for (let slot = 0; slot < sized.length; slot += 1) {
      const bytes = (this.#bytes[slot] as number) * (factors[(this.#measureOf[slot] as number) + 1] as number);
      sized[slot] = aligned(bytes, this.#alignments[places[slot] as number] as number);
    }
    const steps = this.#steps;
    for (let index = 0; index < steps.length; index += 1) {
      const step = steps[index] as number;
      const slot = step < 0 ? ~step : step;
      const memory = memories[places[slot] as number] as ScratchMemory;
      if (step < 0) memory.give(starts[slot] as number, sized[slot] as number);
      else starts[slot] = memory.take(sized[slot] as number);
    }
    return memories.map(({ usedBytes }) => usedBytes);
  }
}

function amount({ kind, of, short }: Measure, { cells, keyBytes, valueBytes, weights }: ScratchSizes): number {
  const count = kind === null ? 1 : cells[kind] - short;
  if (of === null) return count;
  return of === KEYS ? count * keyBytes : of === VALUES ? count * valueBytes : (weights.sizes.get(of) ?? 0);
}
