/** A piece of scratch memory that a tensor lies in. */
export interface ScratchBlock {
  readonly from: number;
  readonly bytes: number;
}

/** The engine aligns tensors in RAM to this. Source: ggml `TENSOR_ALIGNMENT`. */
export const RAM_ALIGNMENT = 32;

/**
 * Scratch memory as the engine lays it out before it computes: each tensor goes into the smallest free piece that has
 * room for it, else behind all others, and a piece that is given back becomes one with its free neighbours. What counts
 * is how far it was ever used: pieces that are too small for what comes next stay in it. A tensor of no bytes has a
 * place too; given back, it can stand between two pieces that then do not become one, here as there.
 * Source: llama.cpp v0.5.0 `ggml/src/ggml-alloc.c`, `ggml_dyn_tallocr_alloc` and `ggml_dyn_tallocr_free_bytes`.
 */
export class ScratchMemory {
  /** Free pieces; one of them is all that lies behind. */
  readonly #free: { from: number; bytes: number }[] = [{ from: 0, bytes: Infinity }];
  readonly #alignment: number;
  #used = 0;

  /** `alignment` in bytes. */
  constructor(alignment: number = RAM_ALIGNMENT) {
    this.#alignment = alignment;
  }

  /** How far memory was ever used, bytes. */
  get usedBytes(): number {
    return this.#used;
  }

  take(size: number): ScratchBlock {
    const bytes = Math.ceil(size / this.#alignment) * this.#alignment;
    const last = this.#free.length - 1;
    let best = last;
    let least = Infinity;
    for (let index = 0; index < last; index += 1) {
      const room = this.#free[index]?.bytes ?? 0;
      if (room >= bytes && room <= least) [best, least] = [index, room];
    }
    const piece = this.#free[best];
    const from = piece?.from ?? 0;
    if (piece !== undefined) {
      piece.from += bytes;
      piece.bytes -= bytes;
      if (piece.bytes === 0) this.#free.splice(best, 1);
    }
    this.#used = Math.max(this.#used, from + bytes);
    return { from, bytes };
  }

  give({ from, bytes }: ScratchBlock): void {
    for (const [index, piece] of this.#free.entries()) {
      if (piece.from + piece.bytes === from) {
        piece.bytes += bytes;
        this.#join(index);
        return;
      }
      if (from + bytes === piece.from) {
        piece.from = from;
        piece.bytes += bytes;
        if (index > 0) this.#join(index - 1);
        return;
      }
    }
    const index = this.#free.findIndex((piece) => piece.from >= from);
    this.#free.splice(index < 0 ? this.#free.length : index, 0, { from, bytes });
  }

  /** Makes a piece one with the next, if that follows at once. */
  #join(index: number): void {
    const [piece, next] = [this.#free[index], this.#free[index + 1]];
    if (piece === undefined || next === undefined || piece.from + piece.bytes !== next.from) return;
    piece.bytes += next.bytes;
    this.#free.splice(index + 1, 1);
  }
}
