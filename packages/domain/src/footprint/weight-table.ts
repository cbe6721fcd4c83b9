import type { TensorInfo } from '../model/model-header.js';
import { tensorPlace } from './tensor-place.js';
import type { TensorPlace } from './tensor-place.js';

/** One tensor's name and bytes, at whatever level. */
export interface SizedTensor {
  readonly name: string;
  readonly bytes: number;
}

/** A model's weights summed up so that any placement of its layers takes a few additions. All numbers are bytes. */
export interface WeightTable {
  /** `layersBefore[i]`: the first `i` layers, experts included. One entry more than there are layers. */
  readonly layersBefore: Float64Array;
  /** The same for the experts' matrices alone. */
  readonly expertsBefore: Float64Array;
  /** Held on the host always. */
  readonly inputBytes: number;
  /** Held where the output layer is; without a tied embedding's copy. */
  readonly outputBytes: number;
  /** The token embedding when it is the output matrix too: held a second time when the output layer is on a device. */
  readonly tiedBytes: number;
  /** Held in every memory that has layers. */
  readonly sharedBytes: number;
  /** The matrix that makes the logits. */
  readonly outputMatrixBytes: number;
  /** The largest single matrix of a layer, and the largest that is no experts' matrix. */
  readonly largestBytes: number;
  readonly largestDenseBytes: number;
  /** The largest matrix that makes queries alone. */
  readonly queryBytes: number;
  readonly totalBytes: number;
  /** Bytes of the largest tensor of each kind. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Backends align every tensor of a buffer; 32 bytes on the host. Source: ggml `ggml-impl.h`, `TENSOR_ALIGNMENT`. */
const ALIGNMENT = 32;

/** What tells tensors of one kind from those of another. */
export type SizeKey = (name: string) => string;

const nameInLayer: SizeKey = (name) => name.replace(/^blk\.\d+\./, '');

/** Tensors are of one kind that have the same name in their layers and are of the same shape. */
export function sizeKeys(tensors: readonly Pick<TensorInfo, 'name' | 'shape'>[]): SizeKey {
  let odd: Map<string, string> | null = null;
  const find = (): Map<string, string> => {
    const shapes = new Map<string, string>();
    const keys = new Map<string, string>();
    for (const { name, shape } of tensors) {
      const [own, key] = [shape.join(), nameInLayer(name)];
      const first = shapes.get(key) ?? own;
      shapes.set(key, first);
      if (own !== first) keys.set(name, `${key} ${own}`);
    }
    return keys;
  };
  return (name) => (odd ??= find()).get(name) ?? nameInLayer(name);
}

function largestOfKind(tensors: readonly SizedTensor[], keyOf: SizeKey): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, bytes } of tensors) {
    const key = keyOf(name);
    sizes.set(key, Math.max(sizes.get(key) ?? 0, bytes));
  }
  return sizes;
}

/** Sums `tensors` up. `blocks` counts all layers, those for prediction included. `placeOf` may remember places. */
export function weightTable(
  tensors: readonly SizedTensor[],
  blocks: number,
  tied: boolean,
  placeOf: (name: string) => TensorPlace = tensorPlace,
  keyOf: SizeKey = nameInLayer,
): WeightTable {
  const layersBefore = new Float64Array(blocks + 1);
  const expertsBefore = new Float64Array(blocks + 1);
  let [inputBytes, outputBytes, sharedBytes, tiedBytes] = [0, 0, 0, 0];
  let sizes: ReadonlyMap<string, number> | null = null;
  let [outputMatrixBytes, largestBytes, largestDenseBytes, queryBytes] = [0, 0, 0, 0];
  for (const tensor of tensors) {
    const bytes = Math.ceil(tensor.bytes / ALIGNMENT) * ALIGNMENT;
    const place = placeOf(tensor.name);
    if (place.kind === 'input') inputBytes += bytes;
    else if (place.kind === 'output') outputBytes += bytes;
    else if (place.kind === 'shared') sharedBytes += bytes;
    else if (place.layer < blocks) {
      const next = place.layer + 1;
      layersBefore[next] = (layersBefore[next] ?? 0) + bytes;
      largestBytes = Math.max(largestBytes, bytes);
      if (place.isExpert) expertsBefore[next] = (expertsBefore[next] ?? 0) + bytes;
      else largestDenseBytes = Math.max(largestDenseBytes, bytes);
      if (tensor.name.endsWith('.attn_q.weight')) queryBytes = Math.max(queryBytes, bytes);
    }
    if (tensor.name === 'token_embd.weight' && tied) tiedBytes = bytes;
    if (tensor.name === 'output.weight' || (tied && tensor.name === 'token_embd.weight')) outputMatrixBytes = bytes;
  }
  for (let index = 1; index <= blocks; index++) {
    layersBefore[index] = (layersBefore[index] ?? 0) + (layersBefore[index - 1] ?? 0);
    expertsBefore[index] = (expertsBefore[index] ?? 0) + (expertsBefore[index - 1] ?? 0);
  }
  return {
    layersBefore,
    expertsBefore,
    inputBytes,
    outputBytes,
    tiedBytes,
    sharedBytes,
    outputMatrixBytes,
    largestBytes,
    largestDenseBytes,
    queryBytes,
    totalBytes: inputBytes + outputBytes + sharedBytes + (layersBefore[blocks] ?? 0),
    // Graphs alone ask: where none is built, names need not be read for each level.
    get sizes() {
      sizes ??= largestOfKind(tensors, keyOf);
      return sizes;
    },
  };
}
