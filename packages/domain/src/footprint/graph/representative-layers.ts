import { cacheOwner } from '../../model/layer-shapes.js';
import type { GraphModel, GraphPlaces } from './graph-model.js';

/** How often each neighbourhood of layers is kept, and how many of the last layers are. */
const OFTEN = 2;
const LAST = 3;
/** The same where it takes longer until layers repeat: attention and network side by side, or a cache that is not their own. */
const MORE_OFTEN = 6;

/** Layers that stand for all, and what they are and where: graphs of the same structure are laid out alike. */
export interface Representatives {
  readonly layers: readonly number[];
  readonly structure: string;
}

/**
 * Layers that are enough to find the most scratch memory: of those with the same neighbours the first few, and the last
 * ones. What a layer leaves behind is what the one before it of the same kind left; the rest would only repeat it.
 */
export function representativeLayers(
  { kinds, hasExperts, architecture: { name, layerShapes } }: GraphModel,
  { devices, layer, weight }: GraphPlaces,
): Representatives {
  const owners = layerShapes.map((_, index) => cacheOwner(layerShapes, index));
  const cached = owners.map(layer);
  // A kind, where it lies, and where its experts and what it attends to do, in one number; 0 is beyond either end.
  const placed = kinds.map((kind, index) => {
    const experts = hasExperts[index] === true ? weight(`blk.${String(index)}.ffn_up_exps.weight`) + 1 : 0;
    const own = kind * (devices + 2) + experts;
    return 1 + (own * (devices + 1) + (cached[index] ?? 0)) * (devices + 1) + layer(index);
  });
  const at = (index: number): number => placed[index] ?? 0;
  const most = Math.max(...placed) + 1;
  const around = placed.map((own, index) => (at(index - 1) * most + own) * most + at(index + 1));
  const end = Math.max(0, around.length - LAST);
  const left = new Map<number, number>();
  for (let index = 0; index < end; index += 1) left.set(around[index] ?? 0, (left.get(around[index] ?? 0) ?? 0) + 1);
  const often = name === 'command-r' || owners.some((owner, index) => owner !== index) ? MORE_OFTEN : OFTEN;
  // Layers take turns in where their results lie, so they are left out in pairs.
  for (const [key, count] of left) left.set(key, count <= often ? count : often + (count % 2));
  const kept: number[] = [];
  for (const [index, key] of around.entries()) {
    const more = left.get(key) ?? 0;
    // Of a cache that lies elsewhere each layer has a copy of its own.
    if (index < end && more === 0 && cached[index] === layer(index)) continue;
    kept.push(index);
    left.set(key, more - 1);
  }
  return { layers: kept, structure: kept.map(at).join() };
}
