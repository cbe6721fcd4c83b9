import type { Footprint, MemoryUse } from './footprint.js';
import type { RunShape } from './operating-point.js';

const NOTHING: MemoryUse = {
  weightsBytes: 0,
  kvCacheBytes: 0,
  recurrentStateBytes: 0,
  computeBytes: 0,
  totalBytes: 0,
};

/**
 * What a run takes on the devices that have a share of it. The engine is not given those without one, since it keeps
 * copies of its inputs for every device that it knows; nothing lies on them.
 */
export function onDevicesInUse<Found extends Footprint>(shape: RunShape, footprint: (shape: RunShape) => Found): Found {
  const { split } = shape.placement;
  const shares = split.filter((share) => share > 0);
  if (shares.length === 0 || shares.length === split.length) return footprint(shape);
  const found = footprint({ ...shape, placement: { ...shape.placement, split: shares } });
  let next = 0;
  const devices = split.map((share) => (share > 0 ? (found.devices[next++] ?? NOTHING) : NOTHING));
  return { ...found, devices };
}
