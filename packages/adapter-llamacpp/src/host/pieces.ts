import type { Engine } from '../native/engine.js';
import type { Pointer } from '../native/structs.js';

const EMPTY = new Uint8Array(0);

/** The bytes of tokens, asked for once each; control tokens have none. */
export class Pieces {
  readonly #engine: Engine;
  readonly #vocab: Pointer;
  readonly #known = new Map<number, Uint8Array>();
  #buffer = new Uint8Array(256);

  constructor(engine: Engine, vocab: Pointer) {
    this.#engine = engine;
    this.#vocab = vocab;
  }

  bytes(token: number): Uint8Array {
    const known = this.#known.get(token);
    if (known !== undefined) return known;
    let length = this.#ask(token);
    if (length < 0) {
      this.#buffer = new Uint8Array(-length);
      length = this.#ask(token);
    }
    const bytes = length <= 0 ? EMPTY : this.#buffer.slice(0, length);
    this.#known.set(token, bytes);
    return bytes;
  }

  #ask(token: number): number {
    return this.#engine.llama.tokenPiece(this.#vocab, token, this.#buffer, this.#buffer.length, 0, false);
  }
}
