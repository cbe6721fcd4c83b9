import koffi from 'koffi';
import type { Pointer } from './structs.js';

/**
 * A switch that stops a running computation from outside. The engine asks a C callback between operations
 * whether to stop, thousands of times per second, from its own threads; a JavaScript callback there would cost
 * more than the computation. So the callback is libc's `strlen` over two bytes: an empty string is 0, "go on",
 * and one character is 1, "stop".
 */
export class AbortFlag {
  readonly #bytes: Buffer;
  /** Address of the bytes: the callback's data. */
  readonly address: Pointer;

  constructor() {
    // Memory of its own, outside the pool that Node may move between users.
    this.#bytes = Buffer.from(new ArrayBuffer(16));
    this.address = koffi.address(this.#bytes);
  }

  set(stop: boolean): void {
    this.#bytes[0] = stop ? 1 : 0;
  }

  get stopped(): boolean {
    return this.#bytes[0] === 1;
  }
}
