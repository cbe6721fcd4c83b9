import { InvalidInputError } from '../errors/invalid-input-error.js';
import type { ModelArchitecture } from '../model/architecture.js';
import { kvCacheTensorType } from '../quantization/kv-cache-type.js';
import type { KvCacheType } from '../quantization/kv-cache-type.js';
import { TENSOR_TYPES } from '../quantization/tensor-type.js';
import type { RunShape } from './operating-point.js';

/** What the caches of a model hold per cell, summed up so that any range of layers takes a few additions. */
export interface CacheTable {
  /** Values per cell in the keys of the first `i` layers that see everything, and in their values. */
  readonly fullKeysBefore: Float64Array;
  readonly fullValuesBefore: Float64Array;
  /** The same for the layers with a sliding window. */
  readonly windowKeysBefore: Float64Array;
  readonly windowValuesBefore: Float64Array;
  /** Recurrent layers among the first `i`. */
  readonly recurrentBefore: Float64Array;
  /** 32-bit values of one recurrent layer's state, per sequence. */
  readonly stateValues: number;
  /** The window in tokens; 0 when no layer has one. */
  readonly window: number;
  readonly hasFull: boolean;
  /** Rows that every cache type must divide into blocks. */
  readonly headLength: number;
  /** Values of a head's key and of its values, which may be rotated; 0 in compressed attention, where nothing is. */
  readonly keyLength: number;
  readonly valueLength: number;
}

/** Sums the cache dimensions of `architecture` up. Prediction layers hold none. */
export function cacheTable(architecture: ModelArchitecture, flashAttention: boolean): CacheTable {
  const { layerShapes, latentAttention, recurrent } = architecture;
  const size = layerShapes.length + architecture.predictionLayers + 1;
  const table = () => new Float64Array(size);
  const sums = {
    fullKeys: table(),
    fullValues: table(),
    windowKeys: table(),
    windowValues: table(),
    recurrent: table(),
  };
  // Without flash attention values are stored transposed, and every layer gets the widest one's row.
  const widest = layerShapes.reduce((most, { kvHeads, valueLength }) => Math.max(most, kvHeads * valueLength), 0);
  let window = 0;
  let hasFull = false;
  for (let index = 1; index < size; index++) {
    for (const values of Object.values(sums)) values[index] = values[index - 1] ?? 0;
    const layer = layerShapes[index - 1];
    if (layer === undefined) continue;
    if (layer.mixer === 'recurrent' || layer.mixer === 'both') add(sums.recurrent, index, 1);
    if (!layer.ownsCache) continue;
    const values = latentAttention ? 0 : flashAttention ? layer.kvHeads * layer.valueLength : widest;
    if (layer.window === null) hasFull = true;
    else window = Math.max(window, layer.window);
    add(layer.window === null ? sums.fullKeys : sums.windowKeys, index, layer.kvHeads * layer.keyLength);
    add(layer.window === null ? sums.fullValues : sums.windowValues, index, values);
  }
  const cached = layerShapes.find(({ ownsCache }) => ownsCache);
  return {
    fullKeysBefore: sums.fullKeys,
    fullValuesBefore: sums.fullValues,
    windowKeysBefore: sums.windowKeys,
    windowValuesBefore: sums.windowValues,
    recurrentBefore: sums.recurrent,
    stateValues: recurrent === null ? 0 : recurrent.convolutionValues + recurrent.stateValues,
    window,
    hasFull,
    headLength: cached?.keyLength ?? 0,
    keyLength: latentAttention ? 0 : (cached?.keyLength ?? 0),
    valueLength: latentAttention ? 0 : (cached?.valueLength ?? 0),
  };
}

const add = (values: Float64Array, index: number, amount: number): void => {
  values[index] = (values[index] ?? 0) + amount;
};

/** Cells of each kind of cache, for each of `streams` separate caches. */
export interface CacheCells {
  readonly streams: number;
  readonly sequences: number;
  readonly full: number;
  readonly window: number;
  /** Tokens per batch that the engine really uses. */
  readonly batchTokens: number;
  /** Values of the matrices that rotate queries, keys and values before they are quantized; 0 where none are. */
  readonly rotation: number;
  /** Rows of the matrix that rotates keys, and of the one for values; 0 where there is none. */
  readonly keyRotation: number;
  readonly valueRotation: number;
  /** Bytes of one value in the caches of keys and of values. */
  readonly keyBytes: number;
  readonly valueBytes: number;
}

function checkRange(key: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new InvalidInputError(`${key} is ${String(value)}; whole numbers from 1 to ${String(most)} are possible.`);
}

const pad = (tokens: number): number => Math.ceil(tokens / 256) * 256;

/**
 * Cells of the caches, padded to 256 as the engine does. Sequences have caches of their own unless `unified`.
 * Source: llama.cpp v0.5.0 `src/llama-context.cpp` (context per sequence) and `src/llama-kv-cache-iswa.cpp` (windows).
 * @throws InvalidInputError for a context, parallel or batch that is no whole number from 1 to what the engine takes
 */
export function cacheCells(table: CacheTable, shape: RunShape, unified: boolean): CacheCells {
  checkRange('contextTokens', shape.contextTokens, 2 ** 30);
  // `LLAMA_MAX_SEQ` of llama.cpp `src/llama-cparams.h`; the other limits are sanity.
  checkRange('parallel', shape.parallel, 256);
  checkRange('microBatchTokens', shape.microBatchTokens, 2 ** 20);
  const total = shape.contextTokens * shape.parallel;
  const batchTokens = Math.min(shape.microBatchTokens, total);
  const padded = pad(total);
  const full = unified ? padded : pad(Math.floor(padded / shape.parallel));
  const sequences = unified ? shape.parallel : 1;
  const window = table.window === 0 ? 0 : pad(Math.min(full, table.window * sequences + batchTokens));
  return {
    streams: unified ? 1 : shape.parallel,
    sequences: shape.parallel,
    full,
    window,
    batchTokens,
    ...rotations(table, shape),
    keyBytes: bytesPerValue(shape.keyCacheType),
    valueBytes: bytesPerValue(shape.valueCacheType),
  };
}

/**
 * Keys and values that are quantized are rotated by a Hadamard matrix first, where a head of them has whole blocks of 64:
 * keys by the largest that divides a head, values by 64. Source: llama.cpp v0.5.0 `src/llama-kv-cache.cpp`, `attn_rot_k`.
 */
function rotations(
  { keyLength, valueLength, hasFull, window }: CacheTable,
  shape: RunShape,
): Pick<CacheCells, 'rotation' | 'keyRotation' | 'valueRotation'> {
  const rotates = (length: number, type: KvCacheType): boolean =>
    length > 0 && length % ROTATED === 0 && blockOf(type) > 1;
  const keyRotation = rotates(keyLength, shape.keyCacheType) ? largestRotation(keyLength) : 0;
  const valueRotation = rotates(valueLength, shape.valueCacheType) ? ROTATED : 0;
  const caches = (hasFull ? 1 : 0) + (window > 0 ? 1 : 0);
  return { rotation: (keyRotation ** 2 + valueRotation ** 2) * caches, keyRotation, valueRotation };
}

const ROTATED = 64;

/** Rows of the largest Hadamard matrix whose blocks a head's keys divide into. */
export function largestRotation(keyLength: number): number {
  let rows = ROTATED;
  while (keyLength % (2 * rows) === 0) rows *= 2;
  return rows;
}

/** Bytes of keys and values in the layers `from` ≤ layer < `to`. Source: llama.cpp `src/llama-kv-cache.cpp`. */
export function cacheBytes(table: CacheTable, cells: CacheCells, shape: RunShape, from: number, to: number): number {
  const keys = bytesPerValue(shape.keyCacheType);
  const values = bytesPerValue(shape.valueCacheType);
  const full = between(table.fullKeysBefore, from, to) * keys + between(table.fullValuesBefore, from, to) * values;
  const window =
    between(table.windowKeysBefore, from, to) * keys + between(table.windowValuesBefore, from, to) * values;
  return Math.ceil((full * cells.full + window * cells.window) * cells.streams);
}

/** Bytes of recurrent state in those layers: always 32-bit. Source: llama.cpp `src/llama-memory-recurrent.cpp`. */
export function recurrentBytes(table: CacheTable, shape: RunShape, from: number, to: number): number {
  return 4 * table.stateValues * between(table.recurrentBefore, from, to) * shape.parallel;
}

const between = (before: Float64Array, from: number, to: number): number => {
  const last = before.length - 1;
  return (before[Math.min(to, last)] ?? 0) - (before[Math.min(from, last)] ?? 0);
};

const BYTES_PER_VALUE = new Map<KvCacheType, number>();

function bytesPerValue(type: KvCacheType): number {
  let bytes = BYTES_PER_VALUE.get(type);
  if (bytes === undefined) {
    const { blockBytes, blockWeights } = TENSOR_TYPES[kvCacheTensorType(type)];
    BYTES_PER_VALUE.set(type, (bytes = blockBytes / blockWeights));
  }
  return bytes;
}

/**
 * Refuses what the engine refuses: quantized values without flash attention, blocks that do not divide a head, and
 * different types in compressed attention.
 * Source: llama.cpp `src/llama-context.cpp`, `llama_init_from_model`.
 * @throws InvalidInputError saying which
 */
export function checkCacheTypes(table: CacheTable, shape: RunShape, latent: boolean): void {
  const { keyCacheType, valueCacheType, flashAttention } = shape;
  if (latent && keyCacheType !== valueCacheType) {
    throw new InvalidInputError(
      `This model keeps keys and values together; ${keyCacheType} and ${valueCacheType} differ.`,
      {
        hint: 'Give keys and values the same type.',
      },
    );
  }
  if (flashAttention === 'off' && blockOf(valueCacheType) > 1) {
    throw new InvalidInputError(`A value cache of type ${valueCacheType} needs flash attention, which is off.`, {
      hint: 'Turn flash attention on, or keep values in f16.',
    });
  }
  checkBlocks(table, keyCacheType);
  if (valueCacheType !== keyCacheType) checkBlocks(table, valueCacheType);
}

function checkBlocks({ headLength }: CacheTable, type: KvCacheType): void {
  if (headLength % blockOf(type) === 0) return;
  throw new InvalidInputError(`Heads of length ${String(headLength)} do not divide into blocks of ${type}.`, {
    hint: 'Use f16 for the cache of this model.',
  });
}

const blockOf = (type: KvCacheType): number => TENSOR_TYPES[kvCacheTensorType(type)].blockWeights;
