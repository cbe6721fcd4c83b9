import koffi from 'koffi';
import type { ImportanceEntry } from '../imatrix/imatrix-file.js';
import type { Engine } from '../native/engine.js';
import type { Pointer } from '../native/structs.js';
import { TensorView } from './tensor-view.js';

const F32 = 0;
/** `llama-imatrix` ignores matrix products of fewer rows. */
const LEAST_ROWS = 16;

/** Sums squared inputs of matrix products while the engine computes them; the rules are those of `llama-imatrix`. */
export class ImportanceSums {
  readonly #engine: Engine;
  readonly #product: number;
  readonly #expertProduct: number;
  readonly #entries: Map<string, ImportanceEntry>;
  /** Inputs of this window that were summed, by address, and the tensor they were summed for. */
  readonly #summed = new Map<bigint, string>();
  /** Tensors that read the same input as another one. */
  readonly #aliases = new Map<string, string>();
  #copy = Buffer.alloc(0);
  #failure: Error | null = null;

  constructor(engine: Engine, start: ReadonlyMap<string, ImportanceEntry> = new Map()) {
    this.#engine = engine;
    this.#product = findOperation(engine, 'MUL_MAT');
    this.#expertProduct = findOperation(engine, 'MUL_MAT_ID');
    this.#entries = new Map(start);
  }

  startWindow(): void {
    this.#summed.clear();
  }

  /** Throws what went wrong in a callback: an error must not pass through native code. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** The sums up to now. */
  entries(): ReadonlyMap<string, ImportanceEntry> {
    const all = new Map(this.#entries);
    for (const [name, as] of this.#aliases) {
      const entry = this.#entries.get(as);
      if (entry !== undefined) all.set(name, entry);
    }
    return all;
  }

  /** `ggml_backend_sched_eval_callback`: asked whether a result is wanted, then called when it is there. */
  readonly observe = (address: Pointer, ask: boolean): boolean => {
    try {
      if (this.#failure !== null) return false;
      const result = new TensorView(address);
      if (ask) return this.#wants(result);
      if (result.op === this.#expertProduct) this.#sumExperts(result);
      else this.#sumRows(result);
      return true;
    } catch (error) {
      this.#failure = error as Error;
      return false;
    }
  };

  #wants(result: TensorView): boolean {
    if (result.op === this.#expertProduct) return true;
    if (result.op !== this.#product) return false;
    const input = result.source(1);
    if (input.length(1) < LEAST_ROWS || input.type !== F32) return false;
    const name = result.source(0).name;
    if (!name.startsWith('blk.') && name !== 'output.weight') return false;
    // Query, key and value read the same input, gate and up too: it is summed once.
    const as = this.#summed.get(result.sourceAddress(1));
    if (as === undefined) return true;
    this.#entries.delete(name);
    this.#aliases.set(name, as);
    return false;
  }

  #sumRows(result: TensorView): void {
    const input = result.source(1);
    const columns = input.length(0);
    const { name } = result.source(0);
    const values = this.#floats(input);
    const { sums, counts } = this.#entry(name, columns, 1);
    for (let i3 = 0; i3 < input.length(3); i3++) {
      for (let i2 = 0; i2 < input.length(2); i2++) {
        for (let row = 0, rows = input.length(1); row < rows; row++) {
          addSquares(
            sums,
            0,
            values,
            (row * input.stride(1) + i2 * input.stride(2) + i3 * input.stride(3)) / 4,
            columns,
          );
        }
      }
    }
    counts[0] = (counts[0] ?? 0) + input.length(1) * input.length(2) * input.length(3);
    this.#summed.set(result.sourceAddress(1), name);
  }

  #sumExperts(result: TensorView): void {
    const [weights, input, chosen] = [result.source(0), result.source(1), result.source(2)];
    const columns = input.length(0);
    const used = chosen.length(0);
    const rows = input.length(2);
    const values = this.#floats(input).slice();
    const choices = new Int32Array(
      this.#bytes(chosen, (used - 1) * chosen.stride(0) + (chosen.length(1) - 1) * chosen.stride(1) + 4),
    );
    const { sums, counts } = this.#entry(weights.name, columns, weights.length(2));
    for (let i = 0; i < used; i++) {
      for (let row = 0; row < rows; row++) {
        const expert = choices[(row * chosen.stride(1) + i * chosen.stride(0)) / 4] ?? 0;
        counts[expert] = (counts[expert] ?? 0) + 1;
        const from = ((i % input.length(1)) * input.stride(1) + row * input.stride(2)) / 4;
        addSquares(sums, expert * columns, values, from, columns);
      }
    }
  }

  #entry(name: string, columns: number, matrices: number): ImportanceEntry {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = { sums: new Float32Array(columns * matrices), counts: new Float32Array(matrices) };
      this.#entries.set(name, entry);
    }
    return entry;
  }

  #floats(tensor: TensorView): Float32Array {
    return new Float32Array(this.#bytes(tensor, tensor.spannedBytes));
  }

  /** A tensor's memory: as it lies on the host, copied from any other device. */
  #bytes(tensor: TensorView, bytes: number): ArrayBuffer {
    if (this.#engine.ggml.bufferIsHost(tensor.buffer)) return koffi.view(tensor.data, bytes);
    if (this.#copy.length !== bytes) this.#copy = Buffer.from(new ArrayBuffer(bytes));
    this.#engine.ggml.tensorGet(tensor.address, this.#copy, 0, bytes);
    return this.#copy.buffer;
  }
}

function addSquares(sums: Float32Array, at: number, values: Float32Array, from: number, columns: number): void {
  for (let i = 0; i < columns; i++) {
    const value = values[from + i] ?? 0;
    sums[at + i] = (sums[at + i] ?? 0) + Math.fround(value * value);
  }
}

/** Number of an operation by its name: the numbers change with releases. */
function findOperation({ ggml }: Engine, name: string): number {
  for (let operation = 0; operation < 64; operation++) if (ggml.operationName(operation) === name) return operation;
  throw new Error(`the engine has no operation ${name}`);
}
