import { InvalidInputError } from '@plimsoll/domain';
import type { FlashAttention, Placement, RunShape } from '@plimsoll/domain';
import koffi from 'koffi';
import type { Engine } from '../native/engine.js';
import { keepAlive } from '../native/keep-alive.js';
import type { ContextParams, ModelParams } from '../native/libllama.js';
import { listDevices } from './info.js';
import type { NativeDevice } from './info.js';
import { cacheTypeId } from './tensor-type-id.js';

/** `n_batch` of llama.cpp's programs. */
export const LOGICAL_BATCH = 2_048;
/** More layers than any model has: `--n-cpu-moe` beyond the last one is `--cpu-moe`. */
const MOST_LAYERS = 1_024;
/** `llama_max_devices()` is smaller in every build. */
const MOST_DEVICES = 256;

/** llama.cpp's own pattern for the experts' matrices (`common/arg.cpp`, `--n-cpu-moe`), of the first layers. */
const expertPattern = (layers: number): string =>
  `blk\\.(${Array.from({ length: Math.min(layers, MOST_LAYERS) }, (_, index) => index).join('|')})\\.ffn_(up|down|gate|gate_up)_(ch|)exps`;

/** Where the layers of a model go; what is null is the engine's choice: all devices, split by their free memory. */
export interface NativePlacement extends Pick<Placement, 'gpuLayers' | 'expertLayersOnHost'> {
  readonly split: readonly number[] | null;
}

/** The parameters of a load, and what has to be called when the load is over. */
export interface PlacedModelParams {
  readonly value: ModelParams;
  readonly keep: () => unknown;
}

/**
 * The devices that have a share of a placement, in the engine's order; null when it names none in particular.
 * @throws InvalidInputError when there are fewer.
 */
export function placedDevices(
  engine: Engine,
  { split }: Pick<NativePlacement, 'split'>,
): readonly NativeDevice[] | null {
  if (split === null) return null;
  if (split.length === 0) return [];
  const found = listDevices(engine);
  if (split.length > found.length) {
    throw new InvalidInputError(`The placement names ${split.length} devices; the engine sees ${found.length}.`, {
      remedies: [{ kind: 'list-devices' }],
    });
  }
  return found.filter((_, index) => (split[index] ?? 0) > 0);
}

/** `llama_model_params` for a placement. */
export function placedModelParams(engine: Engine, placement: NativePlacement): PlacedModelParams {
  const devices = placedDevices(engine, placement);
  // A null-terminated list; an empty one keeps all on the host even where there are devices.
  const handles = new BigUint64Array(new ArrayBuffer(((devices?.length ?? 0) + 1) * 8));
  devices?.forEach(({ handle }, i) => (handles[i] = handle ?? 0n));
  // The engine reads as many shares as it knows devices at most.
  const split = new Float32Array(new ArrayBuffer(MOST_DEVICES * 4));
  split.set((placement.split ?? []).filter((share) => share > 0).slice(0, MOST_DEVICES));
  const pattern = Buffer.from(`${expertPattern(placement.expertLayersOnHost)}\0`);
  const overrides = new BigUint64Array(new ArrayBuffer(4 * 8));
  overrides[0] = koffi.address(pattern);
  overrides[1] = engine.ggml.cpuBufferType() ?? 0n;
  return {
    value: {
      ...engine.llama.modelDefaults(),
      devices: devices === null ? null : koffi.address(handles),
      tensor_split: devices !== null && devices.length > 1 ? koffi.address(split) : null,
      tensor_buft_overrides: placement.expertLayersOnHost > 0 ? koffi.address(overrides) : null,
      n_gpu_layers: devices?.length === 0 ? 0 : placement.gpuLayers,
    },
    keep: () => keepAlive(handles, split, pattern, overrides),
  };
}

/** `llama_context_params` for a shape: one sequence has `contextTokens`, all have `parallel` times as many. */
export function shapedContextParams(
  engine: Engine,
  shape: Omit<RunShape, 'placement'>,
  batchTokens: number = LOGICAL_BATCH,
): ContextParams {
  return {
    ...engine.llama.contextDefaults(),
    n_ctx: shape.contextTokens * shape.parallel,
    n_seq_max: shape.parallel,
    n_batch: Math.max(batchTokens, shape.microBatchTokens),
    n_ubatch: shape.microBatchTokens,
    // Generating needs the last token's logits of each sequence alone; those of a whole batch are up to 250 MiB.
    n_outputs_max: shape.parallel,
    type_k: cacheTypeId(shape.keyCacheType),
    type_v: cacheTypeId(shape.valueCacheType),
    flash_attn_type: flashAttentionType(shape.flashAttention),
    // What llama.cpp's programs do; the library's own default keeps sliding windows at full length.
    swa_full: false,
  };
}

/** `llama_flash_attn_type`. */
function flashAttentionType(flashAttention: FlashAttention): number {
  switch (flashAttention) {
    case 'auto':
      return -1;
    case 'off':
      return 0;
    case 'on':
      return 1;
  }
}
