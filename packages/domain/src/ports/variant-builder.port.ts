import type { FileRecipe } from '../quantization/file-recipe.js';
import type { Level } from '../quantization/level.js';
import type { TensorType } from '../quantization/tensor-type.js';
import type { CallOptions } from './abort-signal.js';
import type { CatalogOptions } from './model-catalog.port.js';

/** How a variant comes into being. */
export type BuildMethod = 'pull' | 'create' | 'quantize' | 'import';

/** A tensor-name pattern (regular expression) and the type its tensors get. The first match wins. */
export interface TensorOverride {
  readonly pattern: string;
  readonly type: TensorType;
}

/** What is known of an importance matrix before it is collected. */
export interface ExpectedMatrix {
  /** Name of its file. */
  readonly file: string;
  /** Name of the calibration text. */
  readonly dataset: string;
}

/** What to make. */
export interface BuildRequest {
  /** Model name or path of the file to start from. Unused by `pull`. */
  readonly source: string;
  /** Name or path of the result. */
  readonly target: string;
  readonly level: Level;
  readonly overrides?: readonly TensorOverride[] | undefined;
  /** The recipe that the overrides are; the result says so, and goes by its name. */
  readonly recipe?: FileRecipe | undefined;
  /** Allow starting from an already quantized source; off by default, since it loses quality twice. */
  readonly allowRequantize?: boolean | undefined;
  readonly threads?: number | undefined;
  /** Path of an importance matrix to quantize with; without one all inputs of a matrix weigh the same. */
  readonly importanceMatrix?: string | undefined;
  /** A matrix that is still to be collected, for a dry run: with one, levels choose other types and the file names it. */
  readonly expectedMatrix?: ExpectedMatrix | undefined;
}

/** How far a build is. Unknown totals are null. */
export interface BuildProgress {
  /** What is happening, such as `quantizing` or `pulling`. */
  readonly phase: string;
  readonly completed: number | null;
  readonly total: number | null;
  readonly unit: 'bytes' | 'tensors';
}

/** A finished variant. */
export interface BuiltVariant {
  readonly name: string;
  readonly path: string | null;
  readonly sizeBytes: number | null;
  readonly digest: string | null;
}

/** Options of a build. */
export interface BuildOptions extends CallOptions {
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
}

/** Makes variants. A cancelled or failed build leaves nothing broken behind and can be run again. */
export interface VariantBuilder {
  /** The ways this builder knows, best first, to make that variant; empty when it cannot. */
  methods(request: BuildRequest, options?: CatalogOptions): Promise<readonly BuildMethod[]>;
  /** @throws UnsupportedLevelError, ModelNotFoundError, StorageFailedError, CancelledError */
  build(request: BuildRequest, options?: BuildOptions): Promise<BuiltVariant>;
  /** Bytes the result would have, from the engine's own dry run, or null when this builder has none. */
  dryRun(request: BuildRequest, options?: CallOptions): Promise<{ readonly sizeBytes: number } | null>;
}
