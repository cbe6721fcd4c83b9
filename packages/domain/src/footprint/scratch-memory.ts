/** A piece of scratch memory that a tensor lies in. */
export interface ScratchBlock {
  readonly from: number;
  readonly bytes: number;
}

/** The engine aligns tensors in RAM to this. Source: ggml `TENSOR_ALIGNMENT`. */
const ALIGNMENT = 32;

/**
 * Scratch memory as the engine lays it out before it computes: each tensor goes into the smallest free piece that has
 * room for it, else behind all others, and a piece that is given back becomes one with its free neighbours. What counts
 * is how far it was ever used: pieces that are too small for what comes next stay in it.
 * Source: llama.cpp v0.5.0 `ggml/src/ggml-alloc.c`, `ggml_dyn_tallocr_alloc` and `ggml_dyn_tallocr_free_bytes`.
 */
export class ScratchMemory {
  /** Free pieces by address; the last one is all that lies behind. */
  readonly #free: { from: number; bytes: number }[] = [{ from: 0, bytes: Infinity }];
  #used = 0;

  /** How far memory was ever used, bytes. */
  get usedBytes(): number {
    return this.#used;
  }

  take(size: number): ScratchBlock {
    const bytes = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    if (bytes === 0) return { from: 0, bytes };
    const last = this.#free.length - 1;
    let best = last;
    for (let index = 0; index < last; index += 1) {
      const room = this.#bytesOf(index);
      if (room >= bytes && room <= this.#bytesOf(best)) best = index;
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
    if (bytes === 0) return;
    const index = this.#free.findIndex((piece) => piece.from > from);
    this.#free.splice(index, 0, { from, bytes });
    this.#join(index);
    if (index > 0) this.#join(index - 1);
  }

  #bytesOf(index: number): number {
    return this.#free[index]?.bytes ?? 0;
  }

  /** Makes a piece one with the next, if that follows at once. */
  #join(index: number): void {
    const [piece, next] = [this.#free[index], this.#free[index + 1]];
    if (piece === undefined || next === undefined || piece.from + piece.bytes !== next.from) return;
    piece.bytes += next.bytes;
    this.#free.splice(index + 1, 1);
  }
}
