import { closeSync, openSync, readSync } from 'node:fs';
import { InvalidInputError, InvalidModelFileError } from '@plimsoll/domain';
import { splitParts } from '@plimsoll/local-models';
import koffi from 'koffi';
import type { Engine } from '../native/engine.js';
import type { Pointer } from '../native/structs.js';
import { TensorView } from './tensor-view.js';

/** A tensor of a file, and where its bytes lie. */
export interface SourceTensor {
  readonly name: string;
  /** ggml's number of the type. */
  readonly typeId: number;
  /** Weights of a row. */
  readonly columns: number;
  /** Rows of all its matrices together. */
  readonly rows: number;
  /** Matrices, one behind the other: one for each expert. */
  readonly matrices: number;
  readonly bytes: number;
  /** Fills a buffer from a place in the tensor's bytes on. */
  readonly read: (into: Uint8Array, at: number) => void;
}

interface Part {
  readonly gguf: Pointer;
  readonly tensors: bigint | null;
  readonly file: number;
}

/** All tensors of a model's files. */
export class SourceTensors {
  readonly all: readonly SourceTensor[];
  readonly #engine: Engine;
  readonly #parts: readonly Part[];

  constructor(engine: Engine, source: string) {
    this.#engine = engine;
    const parts: Part[] = [];
    this.#parts = parts;
    try {
      for (const part of splitParts(source)) {
        const slot = new BigUint64Array(new ArrayBuffer(8));
        const gguf = engine.ggml.ggufOpen(part, { no_alloc: true, ctx: koffi.address(slot) });
        if (gguf === null) throw new InvalidModelFileError(`${part} cannot be read as GGUF.`);
        parts.push({ gguf, tensors: slot[0] === 0n ? null : (slot[0] ?? null), file: openSync(part, 'r') });
      }
    } catch (error) {
      this.close();
      throw error;
    }
    this.all = parts.flatMap((part) => this.#tensorsOf(part));
  }

  /** The header of a file with these tensors, some of them in other types, and to what tensors are padded. */
  header(typeIds: ReadonlyMap<string, number>): { readonly bytes: Uint8Array; readonly alignment: number } {
    const { ggml } = this.#engine;
    const output = ggml.ggufEmpty();
    try {
      const [first] = this.#parts;
      if (first !== undefined) ggml.ggufCopyValues(output, first.gguf);
      for (const key of ['split.no', 'split.count', 'split.tensors.count']) ggml.ggufRemoveKey(output, key);
      for (const address of this.#parts.flatMap((part) => this.#addresses(part))) ggml.ggufAddTensor(output, address);
      for (const [name, typeId] of typeIds) ggml.ggufSetTensorType(output, name, typeId);
      const bytes = new Uint8Array(new ArrayBuffer(Number(ggml.ggufMetaBytes(output))));
      ggml.ggufMetaData(output, bytes);
      return { bytes, alignment: Number(ggml.ggufAlignment(output)) };
    } finally {
      ggml.ggufFree(output);
    }
  }

  close(): void {
    for (const { gguf, tensors, file } of this.#parts) {
      this.#engine.ggml.ggufFree(gguf);
      if (tensors !== null) this.#engine.ggml.freeContext(tensors);
      closeSync(file);
    }
  }

  #addresses({ tensors }: Part): Pointer[] {
    const { ggml } = this.#engine;
    const found: Pointer[] = [];
    let tensor = tensors === null ? null : ggml.firstTensor(tensors);
    while (tensor !== null) {
      found.push(tensor);
      tensor = ggml.nextTensor(tensors, tensor);
    }
    return found;
  }

  #tensorsOf(part: Part): SourceTensor[] {
    const { ggml } = this.#engine;
    const dataAt = Number(ggml.ggufDataOffset(part.gguf));
    return this.#addresses(part).map((address) => {
      const view = new TensorView(address);
      const id = ggml.ggufFindTensor(part.gguf, view.name);
      const start = dataAt + Number(ggml.ggufTensorOffset(part.gguf, id));
      const [columns, rows, ...others] = [0, 1, 2, 3].map((dimension) => view.length(dimension));
      const matrices = others.reduce((product, length) => product * length, 1);
      return {
        name: view.name,
        typeId: view.type,
        columns: columns ?? 0,
        rows: (rows ?? 0) * matrices,
        matrices,
        bytes: Number(ggml.ggufTensorBytes(part.gguf, id)),
        read: (into, at) => readWhole(part.file, into, start + at),
      };
    });
  }
}

/** The tensors that are named. @throws InvalidInputError for a name that the model has no tensor of */
export function pickTensors({ all }: SourceTensors, names: Iterable<string>): SourceTensor[] {
  const byName = new Map(all.map((tensor) => [tensor.name, tensor]));
  return [...names].map((name) => {
    const tensor = byName.get(name);
    if (tensor === undefined) throw new InvalidInputError(`The model has no tensor ${name}.`);
    return tensor;
  });
}

function readWhole(file: number, into: Uint8Array, position: number): void {
  let done = 0;
  while (done < into.length) {
    const count = readSync(file, into, done, into.length - done, position + done);
    if (count === 0) throw new InvalidModelFileError('The model ends before its last tensor does.');
    done += count;
  }
}
