import { TENSOR_TYPES, tensorBytes } from '@plimsoll/domain';
import type { TensorType } from '@plimsoll/domain';

/** What the quantizer says it would do with one tensor. */
export interface PlannedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** ggml's type names, such as `q4_K`. */
  readonly from: string;
  readonly to: string;
}

/** The quantizer pads tensors to GGUF's default alignment. */
const ALIGNMENT = 32;
const LINE =
  /^\[\s*\d+\/\s*\d+\]\s+(\S+)\s+- \[([\d, ]+)\], type =\s*(\w+), size =\s*[\d.]+ MiB(?:\s*->\s*[\d.]+ MiB \((\w+)\))?/;

/**
 * Reads the log of a dry run. The engine prints sizes in MiB with two decimals only, but also each tensor's
 * shape and new type, from which its bytes follow exactly.
 */
export class DryRunReader {
  readonly tensors: PlannedTensor[] = [];
  needsImportanceMatrix = false;

  read(line: string): void {
    if (line.includes('will require an imatrix')) this.needsImportanceMatrix = true;
    const found = LINE.exec(line);
    const [, name, shape, from, to] = found ?? [];
    if (name === undefined || shape === undefined || from === undefined) return;
    this.tensors.push({ name, shape: shape.split(',').map(Number), from, to: to ?? from });
  }

  /** Bytes of all tensors in the new file, padding included. */
  paddedTensorBytes(): number {
    return this.tensors.reduce((sum, tensor) => sum + padded(bytesOf(tensor)), 0);
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function bytesOf({ name, shape, to }: PlannedTensor): number {
  const type = to.toUpperCase();
  const bytes = type in TENSOR_TYPES ? tensorBytes(type as TensorType, shape) : null;
  if (bytes === null) throw new Error(`the dry run plans ${name} as ${to}, which is no known type for its shape`);
  return bytes;
}
