import { closeSync, openSync, writeSync } from 'node:fs';
import { StorageFailedError } from '@plimsoll/domain';
import type { SpliceJob } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import type { Job } from './job.js';
import { floatsOf, quantizeRows } from './quantized-rows.js';
import { SourceTensors, pickTensors } from './source-tensors.js';
import type { SourceTensor } from './source-tensors.js';
import { importanceOf } from './tensor-importance.js';
import { tensorTypeId } from './tensor-type-id.js';

/** Weights that are held as floats at a time. */
const PIECE_WEIGHTS = 1 << 23;
const PIECE_BYTES = 1 << 24;
/** Quantized tensors that are kept for the next file; one that takes more than half of it is not. */
const MOST_KEPT_BYTES = 256 << 20;

/** Tensors that were quantized before, by source, matrix, name and type; the ones used longest ago go first. */
const kept = new Map<string, readonly Uint8Array[]>();
let keptBytes = 0;

/** Writes a file with some tensors in other types, and all others as they are. */
export async function splice(engine: Engine, request: SpliceJob, job: Job): Promise<null> {
  const source = new SourceTensors(engine, request.source);
  try {
    const typeIds = new Map([...request.types].map(([name, type]) => [name, tensorTypeId(type)]));
    pickTensors(source, typeIds.keys());
    const importance = importanceOf(request.importanceMatrix);
    const output = new Output(request.target);
    try {
      const { bytes, alignment } = source.header(typeIds);
      output.write(bytes);
      for (const tensor of source.all) {
        job.check();
        const typeId = typeIds.get(tensor.name) ?? tensor.typeId;
        if (typeId === tensor.typeId) copy(tensor, output);
        else {
          const key = JSON.stringify([request.source, request.importanceMatrix, tensor.name, typeId]);
          const before = kept.get(key);
          const pieces: Uint8Array[] = [];
          let written = 0;
          for await (const piece of before ?? quantized(engine, tensor, typeId, importance(tensor), job)) {
            output.write(piece);
            written += piece.length;
            if (written <= MOST_KEPT_BYTES / 2) pieces.push(piece);
            else pieces.length = 0;
          }
          if (pieces.length > 0) keep(key, pieces);
        }
        output.padTo(alignment);
        await job.breathe();
      }
    } finally {
      output.close();
    }
    return null;
  } finally {
    source.close();
  }
}

async function* quantized(
  engine: Engine,
  tensor: SourceTensor,
  typeId: number,
  importance: (matrix: number) => Float32Array<ArrayBuffer> | null,
  job: Job,
): AsyncGenerator<Uint8Array> {
  const { columns, matrices } = tensor;
  const rows = tensor.rows / matrices;
  const rowBytes = tensor.bytes / tensor.rows;
  const most = Math.max(1, Math.floor(PIECE_WEIGHTS / columns));
  for (let matrix = 0; matrix < matrices; matrix++) {
    for (let first = 0; first < rows; first += most) {
      const count = Math.min(most, rows - first);
      const bytes = new Uint8Array(new ArrayBuffer(count * rowBytes));
      tensor.read(bytes, (matrix * rows + first) * rowBytes);
      const values = floatsOf(engine, bytes, tensor.typeId, count * columns);
      yield await quantizeRows(engine, { values, columns }, typeId, importance(matrix));
      await job.breathe();
    }
  }
}

function copy(tensor: SourceTensor, output: Output): void {
  for (let at = 0; at < tensor.bytes; at += PIECE_BYTES) {
    const bytes = new Uint8Array(Math.min(PIECE_BYTES, tensor.bytes - at));
    tensor.read(bytes, at);
    output.write(bytes);
  }
}

function keep(key: string, pieces: readonly Uint8Array[]): void {
  if (kept.delete(key)) keptBytes -= bytesOf(pieces);
  kept.set(key, pieces);
  keptBytes += bytesOf(pieces);
  for (const [oldest, others] of kept) {
    if (keptBytes <= MOST_KEPT_BYTES) break;
    kept.delete(oldest);
    keptBytes -= bytesOf(others);
  }
}

function bytesOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** A file that is written from its start to its end. */
class Output {
  readonly #path: string;
  readonly #file: number;
  #length = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = this.#attempt(() => openSync(path, 'w'));
  }

  write(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) done += this.#attempt(() => writeSync(this.#file, bytes, done));
    this.#length += bytes.length;
  }

  padTo(alignment: number): void {
    this.write(new Uint8Array((alignment - (this.#length % alignment)) % alignment));
  }

  close(): void {
    closeSync(this.#file);
  }

  #attempt<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (cause) {
      throw new StorageFailedError(`${this.#path} could not be written: ${String(cause)}.`, {
        hint: 'Free some space or choose another folder.',
        cause,
      });
    }
  }
}
