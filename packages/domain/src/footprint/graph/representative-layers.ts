import type { GraphModel, GraphPlaces } from './graph-model.js';

/** How often each neighbourhood of layers is kept, and how many of the last layers are. */
const OFTEN = 2;
const LAST = 3;

/** Layers that stand for all, and what they are and where: graphs of the same structure are laid out alike. */
export interface Representatives {
  readonly layers: readonly number[];
  readonly structure: string;
}

/**
 * Layers that are enough to find the most scratch memory: of those with the same neighbours the first few, and the last
 * ones. What a layer leaves behind is what the one before it of the same kind left; the rest would only repeat it.
 */
export function representativeLayers({ architecture, shapes }: GraphModel, places: GraphPlaces): Representatives {
  const { layers } = architecture;
  const kinds = Array.from({ length: layers }, (_, index) => {
    const block = `blk.${String(index)}`;
    const { mixer, window, heads, kvHeads, feedForward } = architecture.layerShapes[index] ?? {};
    const experts = shapes.has(`${block}.ffn_gate_inp.weight`) ? places.weight(`${block}.ffn_up_exps.weight`) : null;
    return [mixer, window, heads, kvHeads, feedForward, experts, places.layer(index)].join();
  });
  const seen = new Map<string, number>();
  const kept: number[] = [];
  for (let index = 0; index < layers; index += 1) {
    const around = `${kinds[index - 1] ?? ''};${kinds[index] ?? ''};${kinds[index + 1] ?? ''}`;
    const times = (seen.get(around) ?? 0) + 1;
    seen.set(around, times);
    if (times <= OFTEN || index >= layers - LAST) kept.push(index);
  }
  return { layers: kept, structure: kept.map((index) => kinds[index]).join(';') };
}
