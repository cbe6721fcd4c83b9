/** The engine aligns tensors in RAM to this. Source: ggml `TENSOR_ALIGNMENT`. */
export const RAM_ALIGNMENT = 32;

/** The bytes that a tensor takes where memory is aligned. */
export const aligned = (bytes: number, alignment: number): number => Math.ceil(bytes / alignment) * alignment;

/** Free pieces that there is room to note; twice as many when more are needed. */
const PIECES = 32;

/**
 * Scratch memory as the engine lays it out before it computes: each tensor goes into the smallest free piece that has
 * room for it, else behind all others, and a piece that is given back becomes one with its free neighbours. What counts
 * is how far it was ever used: pieces that are too small for what comes next stay in it. A tensor of no bytes has a
 * place too; given back, it can stand between two pieces that then do not become one, here as there. Sizes are aligned.
 * Source: llama.cpp v0.5.0 `ggml/src/ggml-alloc.c`, `ggml_dyn_tallocr_alloc` and `ggml_dyn_tallocr_free_bytes`.
 */
export class ScratchMemory {
  /** Where free pieces begin and end; the last is all that lies behind. */
  #starts = new Float64Array(PIECES);
  #ends = new Float64Array(PIECES);
  #count = 1;
  #used = 0;

  constructor() {
    this.#ends[0] = Infinity;
  }

  /** How far memory was ever used, bytes. */
  get usedBytes(): number {
    return this.#used;
  }

  /** Where so many bytes lie now. */
  take(bytes: number): number {
    const starts = this.#starts;
    const ends = this.#ends;
    const last = this.#count - 1;
    let best = last;
    let least = Infinity;
    for (let index = 0; index < last; index += 1) {
      const room = (ends[index] as number) - (starts[index] as number);
      if (room >= bytes && room <= least) {
        best = index;
        least = room;
      }
    }
    const from = starts[best] as number;
    const end = from + bytes;
    if (least === bytes) this.#remove(best);
    else starts[best] = end;
    if (end > this.#used) this.#used = end;
    return from;
  }

  /** Gives bytes back that `take` found a place for. */
  give(from: number, bytes: number): void {
    const starts = this.#starts;
    const ends = this.#ends;
    const end = from + bytes;
    const count = this.#count;
    let index = 0;
    for (; index < count; index += 1) {
      if (ends[index] === from) {
        ends[index] = end;
        this.#join(index);
        return;
      }
      const start = starts[index] as number;
      if (start === end) {
        starts[index] = from;
        if (index > 0) this.#join(index - 1);
        return;
      }
      if (start > end) break;
    }
    while (index > 0 && (starts[index - 1] as number) >= from) index -= 1;
    this.#insert(index, from, end);
  }

  #insert(index: number, from: number, end: number): void {
    if (this.#count === this.#starts.length) this.#grow();
    this.#starts.copyWithin(index + 1, index, this.#count);
    this.#ends.copyWithin(index + 1, index, this.#count);
    this.#starts[index] = from;
    this.#ends[index] = end;
    this.#count += 1;
  }

  #grow(): void {
    const [starts, ends] = [this.#starts, this.#ends];
    this.#starts = new Float64Array(2 * starts.length);
    this.#ends = new Float64Array(2 * ends.length);
    this.#starts.set(starts);
    this.#ends.set(ends);
  }

  /** Makes a piece one with the next, if that follows at once. */
  #join(index: number): void {
    if (index + 1 >= this.#count || this.#ends[index] !== this.#starts[index + 1]) return;
    this.#ends[index] = this.#ends[index + 1] as number;
    this.#remove(index + 1);
  }

  #remove(index: number): void {
    const starts = this.#starts;
    const ends = this.#ends;
    const last = this.#count - 1;
    for (let next = index; next < last; next += 1) {
      starts[next] = starts[next + 1] as number;
      ends[next] = ends[next + 1] as number;
    }
    this.#count = last;
  }
}
