/** Operations of ggml, as far as they decide where a result lies or in which order results are computed. */
export type Operation =
  | 'none'
  | 'view'
  | 'reshape'
  | 'permute'
  | 'transpose'
  | 'add'
  | 'add_id'
  | 'argsort'
  | 'clamp'
  | 'concat'
  | 'cont'
  | 'cpy'
  | 'div'
  | 'fill'
  | 'flash_attn'
  | 'gated_delta_net'
  | 'get_rows'
  | 'glu'
  | 'mul'
  | 'mul_mat'
  | 'mul_mat_id'
  | 'norm'
  | 'pad'
  | 'repeat'
  | 'rms_norm'
  | 'rope'
  | 'scale'
  | 'set_rows'
  | 'soft_max'
  | 'sqr'
  | 'ssm_conv'
  | 'ssm_scan'
  | 'sum_rows'
  | 'unary';

/** Layers that see everything have one cache, those with a sliding window another, of other lengths. */
export type CacheKind = 'full' | 'window';

export type ElementType = 'f32' | 'f16' | 'i32' | 'i64';

/** Values per dimension, the fastest first. */
export type Shape = readonly [number, number, number, number];

const BYTES: Readonly<Record<ElementType, number>> = { f32: 4, f16: 2, i32: 4, i64: 8 };

/** What holds a tensor that no scratch memory is needed for. */
export interface Store {
  /** Index of the device; the number of devices is the host. */
  readonly place: number;
  /** Weights pull what is computed with them to their place, caches what is written to them. */
  readonly kind: 'weight' | 'cache';
  /** The weight's kind, or what is cached where that has a type of its own; null for states. */
  readonly of: string | null;
}

/** What a tensor is made of beside its operation, type and shape. */
export interface TensorParts {
  /** Becomes the tensor's own. */
  readonly sources?: Tensor[];
  /** Whose memory it lies in. */
  readonly within?: Tensor;
  /** Bytes from one value to the next in each dimension; without gaps by default. */
  readonly strides?: Shape;
  readonly store?: Store;
  readonly bytes?: number;
  /** What the bytes of a copy depend on. */
  readonly copyOf?: Store | null;
  /** The cache whose number of cells its bytes are a multiple of. */
  readonly perCell?: CacheKind | null;
  readonly isInput?: boolean;
}

/** A tensor of a compute graph: its sizes, and what scheduling and laying out note down about it. */
export class Tensor {
  readonly operation: Operation;
  readonly type: ElementType;
  readonly shape: Shape;
  readonly sources: Tensor[];
  /** The tensor whose memory it lies in, which lies in no other; null if it has memory of its own. */
  readonly base: Tensor | null;
  readonly strides: Shape;
  readonly bytes: number;
  readonly store: Store | null;
  readonly isInput: boolean;
  /** Of a copy of weights or of what is cached: what is copied. */
  readonly copyOf: Store | null;
  readonly perCell: CacheKind | null;

  /** Of attention: the layer that it belongs to. */
  layer = -1;
  /** Whether its memory is never given back. */
  isKept = false;
  isVisited = false;
  /** Where it is computed; -1 while that is open. */
  place = -1;
  /** Results still to be computed from it, and tensors within it that are still needed. */
  readers = 0;
  views = 0;
  /** The piece of memory that it lies in; -1 before it has one. */
  slot = -1;
  /** Whether it has to give that back. */
  ownsSlot = false;

  constructor(
    operation: Operation,
    type: ElementType,
    shape: Shape,
    { sources = [], within, strides, store, bytes, isInput = false, copyOf = null, perCell = null }: TensorParts = {},
  ) {
    this.operation = operation;
    this.type = type;
    this.shape = shape;
    this.sources = sources;
    this.base = within === undefined ? null : (within.base ?? within);
    const size = BYTES[type];
    const row = size * shape[0];
    const plane = row * shape[1];
    const cube = plane * shape[2];
    this.strides = strides ?? [size, row, plane, cube];
    this.bytes = bytes ?? (strides === undefined ? cube * shape[3] : spanned(shape, strides, size));
    this.store = store ?? null;
    this.isInput = isInput;
    this.copyOf = copyOf;
    this.perCell = perCell;
  }

  /** Rows of values. */
  get rows(): number {
    return this.shape[1] * this.shape[2] * this.shape[3];
  }

  get isContiguous(): boolean {
    const [n0, n1, n2] = this.shape;
    const [s0, s1, s2, s3] = this.strides;
    return s0 === BYTES[this.type] && s1 === s0 * n0 && s2 === s1 * n1 && s3 === s2 * n2;
  }

  /** What holds it: its own store, or that of the tensor it lies in. */
  get holder(): Store | null {
    return this.base === null ? this.store : this.base.store;
  }
}

/** Bytes from the first value to the last, with what lies between. Source: ggml `src/ggml.c`, `ggml_nbytes`. */
function spanned([n0, n1, n2, n3]: Shape, [s0, s1, s2, s3]: Shape, size: number): number {
  if (n0 * n1 * n2 * n3 === 0) return 0;
  return size + (n0 - 1) * s0 + (n1 - 1) * s1 + (n2 - 1) * s2 + (n3 - 1) * s3;
}

/** Whether it says only how to read what is there. */
export const isViewOnly = ({ operation }: Tensor): boolean =>
  operation === 'none' ||
  operation === 'view' ||
  operation === 'reshape' ||
  operation === 'permute' ||
  operation === 'transpose';

/** Whether two tensors could lie in the same place. Source: ggml `src/ggml-impl.h`, `ggml_are_same_layout`. */
export function areSameLayout(a: Tensor, b: Tensor): boolean {
  if (a.type !== b.type) return false;
  for (let index = 0; index < 4; index += 1) {
    if (a.shape[index] !== b.shape[index] || a.strides[index] !== b.strides[index]) return false;
  }
  return true;
}

/** Of what is an output of the graph although nobody asks for it: it is never given back. */
export function kept(tensor: Tensor): Tensor {
  tensor.isKept = true;
  return tensor;
}
