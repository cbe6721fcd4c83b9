import koffi from 'koffi';
import type { Engine } from '../native/engine.js';
import type { Batch } from '../native/libllama.js';

/** Tokens to compute together. Positions are left to the engine: it numbers them on from what each sequence holds. */
export class TokenBatch {
  #native: Batch;
  readonly #tokens: Int32Array;
  readonly #sequences: Int32Array;
  readonly #outputs: Int8Array;
  readonly capacity: number;
  #size = 0;

  constructor({ llama }: Engine, capacity: number) {
    this.capacity = capacity;
    const native = llama.batchInit(capacity, 0, 1);
    this.#tokens = new Int32Array(koffi.view(native.token, capacity * 4));
    this.#outputs = new Int8Array(koffi.view(native.logits, capacity));
    new Int32Array(koffi.view(native.n_seq_id, capacity * 4)).fill(1);
    // Each token points to its one sequence, here in one array in a row.
    this.#sequences = new Int32Array(new ArrayBuffer(capacity * 4));
    const first = koffi.address(this.#sequences);
    const pointers = new BigUint64Array(koffi.view(native.seq_id, capacity * 8));
    for (let i = 0; i < capacity; i++) pointers[i] = first + BigInt(i * 4);
    this.#native = { ...native, n_tokens: 0, pos: null };
  }

  /** Tokens in it. */
  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#size = 0;
  }

  /** Adds a token of a sequence; returns its index, by which its logits are asked for when `output` is set. */
  add(token: number, sequence: number, output: boolean): number {
    const index = this.#size++;
    this.#tokens[index] = token;
    this.#sequences[index] = sequence;
    this.#outputs[index] = output ? 1 : 0;
    return index;
  }

  /** The batch with these tokens of sequence 0; logits are computed from position `firstOutput` of them on. */
  fill(tokens: Int32Array, firstOutput: number): Batch {
    this.#tokens.set(tokens);
    this.#sequences.fill(0, 0, tokens.length);
    this.#outputs.fill(0, 0, tokens.length);
    this.#outputs.fill(1, firstOutput, tokens.length);
    this.#size = tokens.length;
    return this.native();
  }

  /** As the engine takes it. */
  native(): Batch {
    if (this.#native.n_tokens !== this.#size) this.#native = { ...this.#native, n_tokens: this.#size };
    return this.#native;
  }
}
