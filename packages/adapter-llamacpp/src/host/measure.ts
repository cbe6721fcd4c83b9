import type { Footprint, MemoryUse } from '@plimsoll/domain';
import { UnsupportedModelError } from '@plimsoll/domain';
import type { MeasureJob } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { ContextParams } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';
import type { Job } from './job.js';
import { loadFailure } from './load-failure.js';
import { memoryBreakdown } from './memory-breakdown.js';
import type { BufferUse } from './memory-breakdown.js';
import { placedDevices, placedModelParams, shapedContextParams } from './native-params.js';
import type { PlacedModelParams } from './native-params.js';

/** `LLAMA_LOAD_MODE_NONE`: nothing is mapped or read. */
const LOAD_NOTHING = 0;
/** `n_outputs_max`: as many as a batch has tokens. */
const EVERY_TOKEN = 0;

const NOTHING: MemoryUse = { weightsBytes: 0, kvCacheBytes: 0, recurrentStateBytes: 0, computeBytes: 0, totalBytes: 0 };

/** Asks the engine what a model would take, without allocating it. */
export async function measure(engine: Engine, { path, shape, outputs }: MeasureJob, job: Job): Promise<Footprint> {
  engine.log.clear();
  const devices = placedDevices(engine, shape.placement) ?? [];
  const params = withoutMemory(placedModelParams(engine, shape.placement));
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
    const inUse = handles.map(use);
    const perDevice = shape.placement.split.map((share) => (share > 0 ? (inUse.shift() ?? NOTHING) : NOTHING));
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

/** As a load of that placement, of which nothing is allocated. */
function withoutMemory({ value, keep }: PlacedModelParams): PlacedModelParams {
  return {
    value: {
      ...value,
      load_mode: LOAD_NOTHING,
      // Repacked weights lie in a buffer that the engine's account leaves out.
      use_extra_bufts: false,
      no_alloc: true,
    },
    keep,
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
  const params = shapedContextParams(engine, shape);
  return outputs === 'every' ? { ...params, n_outputs_max: EVERY_TOKEN } : params;
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
