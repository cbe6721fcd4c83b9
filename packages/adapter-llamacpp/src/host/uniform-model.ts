import { closeSync, openSync, writeSync } from 'node:fs';
import type { TensorType } from '@plimsoll/domain';
import type { Engine } from '../native/engine.js';
import type { Pointer } from '../native/structs.js';
import { quantizeRows } from './quantized-rows.js';
import { tensorTypeId } from './tensor-type-id.js';

/** Shape of a model whose matrices all have one type. */
export interface UniformShape {
  readonly layers: number;
  readonly width: number;
  readonly feedForward: number;
  readonly type: TensorType;
}

/** Tokens that it knows: so few that their matrices do not count. */
export const UNIFORM_VOCABULARY = 32;
const HEAD = 64;
const F32 = 0;
/** Weights that are quantized; all matrices repeat them. Rows of 256 divide into blocks of every type. */
const [TILE_ROWS, TILE_COLUMNS] = [32, 256];
/** What describing one tensor takes, `ggml_tensor_overhead()`, at most. */
const TENSOR_OVERHEAD = 512;

/** Writes a Llama without a tokenizer, of random weights, to time the engine with. */
export async function writeUniformModel(engine: Engine, file: string, shape: UniformShape): Promise<void> {
  const { ggml } = engine;
  const { layers, width, feedForward, type } = shape;
  const tensors: readonly (readonly [string, number, number, number])[] = [
    ['token_embd.weight', F32, width, UNIFORM_VOCABULARY],
    ['output_norm.weight', F32, width, 1],
    ['output.weight', F32, width, UNIFORM_VOCABULARY],
    ...Array.from({ length: layers }, (_, layer) => layerTensors(layer, tensorTypeId(type), width, feedForward)).flat(),
  ];
  const memory = TENSOR_OVERHEAD * (tensors.length + 8);
  const described = ggml.newContext({ mem_size: memory, mem_buffer: null, no_alloc: true });
  const gguf = ggml.ggufEmpty();
  const output = openSync(file, 'w');
  try {
    describe(engine, gguf, shape);
    for (const [name, typeId, columns, rows] of tensors) {
      const tensor = ggml.newMatrix(described, typeId, columns, rows);
      ggml.setTensorName(tensor, name);
      ggml.ggufAddTensor(gguf, tensor);
    }
    const header = new Uint8Array(new ArrayBuffer(Number(ggml.ggufMetaBytes(gguf))));
    ggml.ggufMetaData(gguf, header);
    writeSync(output, header);
    const tiles = new Map([
      [F32, new Uint8Array(new Float32Array(TILE_ROWS * TILE_COLUMNS).fill(1 / width).buffer)],
      [tensorTypeId(type), await tile(engine, type, width)],
    ]);
    // Sizes of all tensors are multiples of 32 bytes, to which the format pads.
    for (const [, typeId, columns, rows] of tensors) {
      repeat(output, tiles.get(typeId) ?? new Uint8Array(), Number(ggml.rowBytes(typeId, columns)) * rows);
    }
  } finally {
    closeSync(output);
    ggml.ggufFree(gguf);
    ggml.freeContext(described);
  }
}

function layerTensors(
  layer: number,
  typeId: number,
  width: number,
  feedForward: number,
): (readonly [string, number, number, number])[] {
  const name = (part: string): string => `blk.${layer}.${part}.weight`;
  return [
    ...['attn_norm', 'ffn_norm'].map((part) => [name(part), F32, width, 1] as const),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((part) => [name(part), typeId, width, width] as const),
    ...['ffn_gate', 'ffn_up'].map((part) => [name(part), typeId, width, feedForward] as const),
    [name('ffn_down'), typeId, feedForward, width],
  ];
}

function describe({ ggml }: Engine, gguf: Pointer, { layers, width, feedForward }: UniformShape): void {
  ggml.ggufSetString(gguf, 'general.architecture', 'llama');
  ggml.ggufSetString(gguf, 'tokenizer.ggml.model', 'no_vocab');
  ggml.ggufSetF32(gguf, 'llama.attention.layer_norm_rms_epsilon', 1e-5);
  const numbers = {
    ...{ block_count: layers, context_length: 256, embedding_length: width, feed_forward_length: feedForward },
    ...{ 'attention.head_count': width / HEAD, 'rope.dimension_count': HEAD, vocab_size: UNIFORM_VOCABULARY },
  };
  for (const [key, value] of Object.entries(numbers)) ggml.ggufSetU32(gguf, `llama.${key}`, value);
}

/** Weights as a training starts with them: evenly spread, so small that no layer makes numbers grow. */
async function tile(engine: Engine, type: TensorType, width: number): Promise<Uint8Array> {
  const values = new Float32Array(new ArrayBuffer(TILE_ROWS * TILE_COLUMNS * 4));
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    values[i] = (state / 2 ** 31 - 1) / Math.sqrt(width);
  }
  return quantizeRows(engine, { values, columns: TILE_COLUMNS }, tensorTypeId(type), null);
}

function repeat(output: number, bytes: Uint8Array, count: number): void {
  for (let left = count; left > 0;) {
    left -= writeSync(output, bytes, 0, Math.min(left, bytes.length));
  }
}
