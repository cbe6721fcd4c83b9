import type { Footprint } from '../footprint/footprint.js';
import type { RunShape } from '../footprint/operating-point.js';
import type { CallOptions } from './abort-signal.js';

/** Exact bytes from the engine itself, without allocating them. */
export interface FootprintOracle {
  /**
   * What the engine would take for the model file at `path` in that shape. The file's tensor data is not read.
   * Device entries follow the engine's own device order.
   * @throws UnsupportedModelError when the engine cannot load such a model.
   */
  measure(path: string, shape: RunShape, options?: CallOptions): Promise<Footprint>;
}
