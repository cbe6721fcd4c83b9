import type { FlashAttention, Footprint, MemoryUse, RunShape } from '@plimsoll/domain';
import { InvalidInputError, UnsupportedModelError } from '@plimsoll/domain';
import koffi from 'koffi';
import type { MeasureJob } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import { keepAlive } from '../native/keep-alive.js';
import { offThread } from '../native/libllama.js';
import type { ContextParams, ModelParams } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';
import { listDevices } from './info.js';
import type { NativeDevice } from './info.js';
import type { Job } from './job.js';
import { loadFailure } from './load-failure.js';
import { memoryBreakdown } from './memory-breakdown.js';
import type { BufferUse } from './memory-breakdown.js';
import { cacheTypeId } from './tensor-type-id.js';

/** llama.cpp's own pattern for the experts' matrices (`common/arg.cpp`, `--cpu-moe`, `--n-cpu-moe`), of the first layers. */
const expertPattern = (layers: number): string =>
  `blk\\.(${Array.from({ length: layers }, (_, index) => index).join('|')})\\.ffn_(up|down|gate|gate_up)_(ch|)exps`;

/** `LLAMA_LOAD_MODE_NONE`: nothing is mapped or read. */
const LOAD_NOTHING = 0;
/** llama.cpp's logical batch (`n_batch`), when the physical one is not larger. */
const LOGICAL_BATCH = 2048;
/** `n_outputs_max`: as many as a batch has tokens. */
const EVERY_TOKEN = 0;

/** Asks the engine what a model would take, without allocating it. */
export async function measure(engine: Engine, { path, shape, outputs }: MeasureJob, job: Job): Promise<Footprint> {
  engine.log.clear();
  const devices = usedDevices(engine, shape);
  const params = modelParams(engine, shape, devices);
  const model = await offThread(engine.llama.loadModel, path, params.value);
  params.keep();
  if (model === null) throw asUnsupported(engine, path);
  try {
    job.check();
    const context = await contextMemory(engine, path, model, { shape, outputs });
    // Memory that does not grow with the context is recurrent state; twice the context tells it apart.
    const twice = engine.llama.modelIsHybrid(model)
      ? await contextMemory(engine, path, model, {
          shape: { ...shape, contextTokens: shape.contextTokens * 2 },
          outputs,
        })
      : null;
    const recurrent = engine.llama.modelIsRecurrent(model);
    const handles = devices.map((device) => device.handle);
    const use = (place: Pointer | 'host'): MemoryUse => memoryUse(place, handles, context, twice, recurrent);
    const host = use('host');
    const perDevice = handles.map(use);
    return {
      devices: perDevice,
      host,
      totalBytes: perDevice.reduce((sum, device) => sum + device.totalBytes, host.totalBytes),
    };
  } finally {
    engine.llama.freeModel(model);
  }
}

/** An unreadable or unknown model is, for an oracle, one that the engine cannot load. */
function asUnsupported(engine: Engine, path: string): Error {
  const failure = loadFailure(engine, path);
  return failure.code === 'invalid-model-file' && !failure.message.endsWith('is no GGUF file.')
    ? new UnsupportedModelError(failure.message, { cause: failure })
    : failure;
}

function usedDevices(engine: Engine, { placement }: RunShape): readonly NativeDevice[] {
  if (placement.split.length === 0) return [];
  const found = listDevices(engine);
  if (placement.split.length > found.length) {
    throw new InvalidInputError(
      `The placement names ${placement.split.length} devices; the engine sees ${found.length}.`,
      { hint: 'plimsoll gpu shows the devices.' },
    );
  }
  return found.slice(0, placement.split.length);
}

function modelParams(
  engine: Engine,
  { placement }: RunShape,
  devices: readonly NativeDevice[],
): { value: ModelParams; keep: () => unknown } {
  // A null-terminated list; an empty one keeps all on the host even where there are devices.
  const handles = new BigUint64Array(new ArrayBuffer((devices.length + 1) * 8));
  devices.forEach(({ handle }, i) => (handles[i] = handle ?? 0n));
  // The engine reads as many shares as it knows devices at most.
  const split = new Float32Array(new ArrayBuffer(256 * 4));
  split.set(placement.split);
  const pattern = Buffer.from(`${expertPattern(placement.expertLayersOnHost)}\0`);
  const overrides = new BigUint64Array(new ArrayBuffer(4 * 8));
  overrides[0] = koffi.address(pattern);
  overrides[1] = engine.ggml.cpuBufferType() ?? 0n;
  return {
    value: {
      ...engine.llama.modelDefaults(),
      devices: koffi.address(handles),
      tensor_split: devices.length > 1 ? koffi.address(split) : null,
      tensor_buft_overrides: placement.expertLayersOnHost > 0 ? koffi.address(overrides) : null,
      n_gpu_layers: devices.length === 0 ? 0 : placement.gpuLayers,
      load_mode: LOAD_NOTHING,
      // Repacked weights lie in a buffer that the engine's account leaves out.
      use_extra_bufts: false,
      no_alloc: true,
    },
    keep: () => keepAlive(handles, split, pattern, overrides),
  };
}

async function contextMemory(
  engine: Engine,
  path: string,
  model: Pointer,
  job: Omit<MeasureJob, 'path'>,
): Promise<readonly BufferUse[]> {
  const context = await offThread(engine.llama.newContext, model, contextParams(engine, job));
  if (context === null) throw asUnsupported(engine, path);
  try {
    return memoryBreakdown(engine, context);
  } finally {
    engine.llama.freeContext(context);
  }
}

function contextParams(engine: Engine, { shape, outputs }: Omit<MeasureJob, 'path'>): ContextParams {
  return {
    ...engine.llama.contextDefaults(),
    n_ctx: shape.contextTokens * shape.parallel,
    n_seq_max: shape.parallel,
    n_batch: Math.max(LOGICAL_BATCH, shape.microBatchTokens),
    n_ubatch: shape.microBatchTokens,
    n_outputs_max: outputs === 'every' ? EVERY_TOKEN : shape.parallel,
    type_k: cacheTypeId(shape.keyCacheType),
    type_v: cacheTypeId(shape.valueCacheType),
    flash_attn_type: flashAttentionType(shape.flashAttention),
    // What llama.cpp's programs do; the library's own default keeps sliding windows at full length.
    swa_full: false,
  };
}

/** `llama_flash_attn_type`. */
export function flashAttentionType(flashAttention: FlashAttention): number {
  switch (flashAttention) {
    case 'auto':
      return -1;
    case 'off':
      return 0;
    case 'on':
      return 1;
  }
}

function memoryUse(
  place: Pointer | 'host',
  handles: readonly Pointer[],
  once: readonly BufferUse[],
  twice: readonly BufferUse[] | null,
  recurrent: boolean,
): MemoryUse {
  const here = (uses: readonly BufferUse[]): readonly BufferUse[] =>
    // Buffers of a device that is not of the placement (an accelerator of the processor) are the host's.
    uses.filter((use) =>
      place === 'host' ? use.onHost || !handles.includes(use.device) : !use.onHost && use.device === place,
    );
  const sum = (uses: readonly BufferUse[], field: 'model' | 'context' | 'compute'): number =>
    here(uses).reduce((total, use) => total + use[field], 0);
  const context = sum(once, 'context');
  const constant = twice === null ? 0 : Math.max(0, 2 * context - sum(twice, 'context'));
  const recurrentStateBytes = recurrent ? context : constant;
  const weightsBytes = sum(once, 'model');
  const computeBytes = sum(once, 'compute');
  return {
    weightsBytes,
    kvCacheBytes: context - recurrentStateBytes,
    recurrentStateBytes,
    computeBytes,
    totalBytes: weightsBytes + context + computeBytes,
  };
}
