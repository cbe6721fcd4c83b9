import type { RunShape } from '@plimsoll/domain';
import type { MeasureJob, SessionOptions } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import { listDevices } from './info.js';
import { Job } from './job.js';
import { measure } from './measure.js';

/** Share of a device's free memory that a model may take. */
const USABLE_SHARE = 0.95;
const MOST_LAYERS = 1_024;

/**
 * How many layers go to the devices: as many as their free memory holds, found by asking the engine without
 * allocating. Where the engine cannot be asked, all of them, as llama.cpp itself does.
 */
export async function layersThatFit(
  engine: Engine,
  options: Pick<SessionOptions, 'path' | 'contextTokens' | 'kvCacheType'>,
  outputs: MeasureJob['outputs'] = 'last',
): Promise<number> {
  const devices = listDevices(engine);
  if (devices.length === 0) return 0;
  const known = devices.every((device) => device.freeBytes !== null);
  if (!known) return MOST_LAYERS;
  const free = devices.map((device) => device.freeBytes ?? 0);
  const sum = free.reduce((total, bytes) => total + bytes, 0);
  const fits = async (gpuLayers: number): Promise<boolean> => {
    const shape: RunShape = {
      contextTokens: options.contextTokens ?? 4_096,
      parallel: 1,
      microBatchTokens: 512,
      keyCacheType: options.kvCacheType,
      valueCacheType: options.kvCacheType,
      flashAttention: 'auto',
      placement: { gpuLayers, split: free.map((bytes) => bytes / sum), expertLayersOnHost: 0 },
    };
    const footprint = await measure(engine, { path: options.path, shape, outputs }, new Job(() => undefined));
    return footprint.devices.every((use, i) => use.totalBytes <= (free[i] ?? 0) * USABLE_SHARE);
  };
  try {
    if (await fits(MOST_LAYERS)) return MOST_LAYERS;
    let low = 0;
    let high = 256;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (await fits(middle)) low = middle;
      else high = middle - 1;
    }
    return low;
  } catch {
    return MOST_LAYERS;
  }
}
