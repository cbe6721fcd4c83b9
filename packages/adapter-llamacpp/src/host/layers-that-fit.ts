import type { RunShape } from '@plimsoll/domain';
import type { MeasureJob } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import { listDevices } from './info.js';
import { Job } from './job.js';
import { measure } from './measure.js';
import { placedDevices } from './native-params.js';
import type { NativePlacement } from './native-params.js';

/** Share of a device's free memory that a model may take. */
const USABLE_SHARE = 0.95;
const MOST_LAYERS = 1_024;

/** A shape whose layers are still to be placed. */
export interface UnplacedShape extends Omit<RunShape, 'placement'> {
  readonly placement: Omit<NativePlacement, 'gpuLayers'>;
}

/**
 * How many layers go to the devices when nobody planned it: as many as their free memory holds, found by asking the
 * engine without allocating. Where the engine cannot be asked, all of them, as llama.cpp itself does.
 */
export async function layersThatFit(
  engine: Engine,
  path: string,
  { placement, ...rest }: UnplacedShape,
  outputs: MeasureJob['outputs'] = 'last',
): Promise<number> {
  const devices = placedDevices(engine, placement) ?? listDevices(engine);
  if (devices.length === 0) return 0;
  const known = devices.every((device) => device.freeBytes !== null);
  if (!known) return MOST_LAYERS;
  // By the placement's indexes: what lies on a device without a share is nothing.
  const free = listDevices(engine).map((device) => device.freeBytes ?? 0);
  const sum = free.reduce((total, bytes) => total + bytes, 0);
  const split = placement.split ?? free.map((bytes) => bytes / sum);
  const fits = async (gpuLayers: number): Promise<boolean> => {
    const shape: RunShape = { ...rest, placement: { ...placement, gpuLayers, split } };
    const footprint = await measure(engine, { path, shape, outputs }, new Job(() => undefined));
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
