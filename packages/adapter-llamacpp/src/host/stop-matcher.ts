/** A piece of text with whatever belongs to it. */
export interface Piece {
  readonly text: string;
}

/**
 * Finds stop strings in a stream of pieces, also across their borders. Text that could be the beginning of a
 * stop string is held back until it is known not to be one.
 */
export class StopMatcher<P extends Piece> {
  readonly #stops: readonly string[];
  #held: P[] = [];
  #heldText = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** Takes a piece; returns what may be shown now, and whether a stop string ended the text. */
  push(piece: P): { readonly pieces: readonly P[]; readonly stopped: boolean } {
    if (this.#stops.length === 0) return { pieces: [piece], stopped: false };
    this.#held.push(piece);
    this.#heldText += piece.text;
    const found = Math.min(
      ...this.#stops.map((stop) => this.#heldText.indexOf(stop)).map((at) => (at < 0 ? Infinity : at)),
    );
    if (found !== Infinity) {
      const pieces = this.#release(found, true);
      this.#held = [];
      this.#heldText = '';
      return { pieces, stopped: true };
    }
    return { pieces: this.#release(this.#heldText.length - this.#suspicious(), false), stopped: false };
  }

  /** What is still held, at the end of the text. */
  rest(): readonly P[] {
    return this.#release(this.#heldText.length, false);
  }

  /** Length of the longest end of the held text that begins a stop string. */
  #suspicious(): number {
    const longest = Math.max(...this.#stops.map((stop) => stop.length)) - 1;
    for (let length = Math.min(longest, this.#heldText.length); length > 0; length--) {
      const end = this.#heldText.slice(-length);
      if (this.#stops.some((stop) => stop.startsWith(end))) return length;
    }
    return 0;
  }

  /** Takes whole pieces up to `length` characters; with `cut`, also the part of the one that crosses it. */
  #release(length: number, cut: boolean): readonly P[] {
    const released: P[] = [];
    let position = 0;
    while (this.#held.length > 0) {
      const [piece] = this.#held;
      if (piece === undefined) break;
      const end = position + piece.text.length;
      if (end > length) {
        if (cut && position < length) released.push({ ...piece, text: piece.text.slice(0, length - position) });
        break;
      }
      // An empty piece right at a cut belongs to what is cut away.
      if (cut && position === length) break;
      released.push(piece);
      this.#held.shift();
      position = end;
    }
    this.#heldText = this.#heldText.slice(position);
    return released;
  }
}
