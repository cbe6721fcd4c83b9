import { InvalidInputError } from '../errors/invalid-input-error.js';
import type { Placement } from './operating-point.js';

/** Where layers lie: `from` ≤ layer < `to`. Layer number `blocks` is the output layer. */
export interface LayerRange {
  readonly from: number;
  readonly to: number;
}

/** A placement worked out for one model. */
export interface LayerRanges {
  readonly host: LayerRange;
  /** One entry per device of the split; empty ranges where a device gets no layer. */
  readonly devices: readonly LayerRange[];
}

/**
 * The layers on each device: the last `gpuLayers` of the `blocks + 1`, divided in order by the split.
 * Source: llama.cpp v0.5.0 `src/llama-model.cpp`, `load_tensors` (32-bit floats, as there).
 * @throws InvalidInputError for a negative or fractional layer count, or a split that is none
 */
export function layerRanges(placement: Placement, blocks: number): LayerRanges {
  const { gpuLayers, split } = placement;
  if (!Number.isInteger(gpuLayers) || gpuLayers < 0) {
    throw new InvalidInputError(`${String(gpuLayers)} is no number of layers.`, {
      hint: `Give 0 to ${String(blocks + 1)}; the output layer counts as one.`,
    });
  }
  if (split.length === 0) return { host: { from: 0, to: blocks + 1 }, devices: [] };
  const sum = split.reduce((total, share) => total + share, 0);
  if (!split.every((share) => share >= 0) || !(sum > 0) || !Number.isFinite(sum)) {
    throw new InvalidInputError(`The split ${split.join(', ')} gives no device a share.`, {
      hint: 'Give one share per device, for example 0.5, 0.5.',
    });
  }
  const count = Math.min(gpuLayers, blocks + 1);
  const start = blocks + 1 - count;
  if (split.length === 1) return { host: { from: 0, to: start }, devices: [{ from: start, to: blocks + 1 }] };
  const bounds: number[] = [];
  let running = 0;
  for (const share of split) bounds.push((running = Math.fround(running + Math.fround(share))));
  const limits = bounds.map((bound) => Math.fround(bound / running));
  const devices: LayerRange[] = [];
  let from = start;
  limits.forEach((limit, device) => {
    let to = from;
    const last = device === limits.length - 1;
    while (to <= blocks && (last || Math.fround(Math.fround(to - start) / Math.fround(count)) < limit)) to++;
    devices.push({ from, to });
    from = to;
  });
  return { host: { from: 0, to: start }, devices };
}
