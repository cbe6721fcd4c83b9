import type { ModelArchitecture } from '../../model/architecture.js';
import type { ModelHeader } from '../../model/model-header.js';
import type { SizeKey } from '../weight-table.js';
import { rotates } from './rotation.js';

/** A batch that scratch memory is laid out for. */
export interface GraphBatch {
  /** A multiple of the sequences. */
  readonly tokens: number;
  readonly sequences: number;
  /** Caches side by side, and cells of each. */
  readonly streams: number;
  readonly cells: number;
  /** Tokens with logits. */
  readonly rows: number;
  readonly flash: boolean;
  /** Whether values are cached transposed, as they are where no flash attention was asked for from the start. */
  readonly transposed: boolean;
  /** Whether keys and values are cached as 32-bit floats, of which flash attention makes shorter ones. */
  readonly longKeys: boolean;
  readonly longValues: boolean;
  /** Lengths of what rotates keys and values before they are quantized; 0 where nothing does. */
  readonly keyRotation: number;
  readonly valueRotation: number;
}

/** Where a model's tensors lie. */
export interface GraphPlaces {
  /** Devices of the placement; their number is the host. */
  readonly devices: number;
  readonly layer: (index: number) => number;
  readonly output: number;
  /** Whether several devices work on several batches at once. */
  readonly isPipelined: boolean;
  /** Whether devices hold all layers and the output. */
  readonly holdsAll: boolean;
  /** Layers, counted from the first, whose experts stay on the host. */
  readonly expertLayersOnHost: number;
  readonly weight: (name: string) => number;
}

/** A model whose graph is built. */
export interface GraphModel {
  readonly architecture: ModelArchitecture;
  readonly header: ModelHeader;
  /** Shapes of its tensors by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** What each layer is made of, as a number: those with the same are alike but for where they lie. */
  readonly kinds: readonly number[];
  /** What kind of tensor one is, of which all are counted as the largest. */
  readonly keyOf: SizeKey;
  /** Whether it has experts, by layer. */
  readonly hasExperts: readonly boolean[];
}

/** Prepares a model for building its graph. */
export function graphModel(architecture: ModelArchitecture, header: ModelHeader, keyOf: SizeKey): GraphModel {
  const shapes = new Map(header.tensors.map(({ name, shape }) => [name, shape]));
  const numbers = new Map<string, number>();
  const hasExperts = architecture.layerShapes.map((_, index) => shapes.has(`blk.${String(index)}.ffn_gate_inp.weight`));
  const kinds = architecture.layerShapes.map(({ mixer, window, heads, kvHeads, feedForward, ownsCache }, index) => {
    const turns = rotates(architecture, header, index);
    const kind = [mixer, window, heads, kvHeads, feedForward, hasExperts[index], turns, ownsCache].join();
    const number = numbers.get(kind) ?? numbers.size;
    numbers.set(kind, number);
    return number;
  });
  return { architecture, header, shapes, keyOf, kinds, hasExperts };
}
