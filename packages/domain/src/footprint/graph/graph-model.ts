import type { ModelArchitecture } from '../../model/architecture.js';
import type { ModelHeader } from '../../model/model-header.js';

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
  readonly weight: (name: string) => number;
}

/** A model whose graph is built. */
export interface GraphModel {
  readonly architecture: ModelArchitecture;
  readonly header: ModelHeader;
  /** Shapes of its tensors by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}
