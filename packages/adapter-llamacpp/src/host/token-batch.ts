import koffi from 'koffi';
import type { Engine } from '../native/engine.js';
import type { Batch } from '../native/libllama.js';

/** Positions and sequences are left to the engine: null lets it number them on from what its memory holds. */
export class TokenBatch {
  #native: Batch;
  readonly #tokens: Int32Array;
  readonly #outputs: Int8Array;
  readonly capacity: number;

  constructor({ llama }: Engine, capacity: number) {
    this.capacity = capacity;
    const native = llama.batchInit(capacity, 0, 1);
    this.#tokens = new Int32Array(koffi.view(native.token, capacity * 4));
    this.#outputs = new Int8Array(koffi.view(native.logits, capacity));
    this.#native = { ...native, pos: null, n_seq_id: null, seq_id: null };
  }

  /** The batch with these tokens; logits are computed from position `firstOutput` of them on. */
  fill(tokens: Int32Array, firstOutput: number): Batch {
    this.#tokens.set(tokens);
    this.#outputs.fill(0, 0, tokens.length);
    this.#outputs.fill(1, firstOutput, tokens.length);
    return this.#sized(tokens.length);
  }

  /** The batch with one token and its logits. */
  one(token: number): Batch {
    this.#tokens[0] = token;
    this.#outputs[0] = 1;
    return this.#sized(1);
  }

  #sized(count: number): Batch {
    if (this.#native.n_tokens !== count) this.#native = { ...this.#native, n_tokens: count };
    return this.#native;
  }
}
