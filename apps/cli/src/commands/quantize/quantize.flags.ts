import type { CacheTypes, Level, TensorOverride } from '@plimsoll/domain';
import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll quantize`. */
export interface QuantizeFlags extends BackendFlags {
  readonly to?: Level;
  /** Bytes. */
  readonly targetSize?: number;
  readonly targetBpw?: number;
  readonly betterThan?: Level;
  readonly maxKld?: number;
  /** As fast as can be within `maxKld` or what `betterThan` loses. */
  readonly fastest?: boolean;
  /** Not to be asked before measurements take long. */
  readonly yes?: boolean;
  /** A card of the catalogue. */
  readonly fit?: string;
  readonly context?: number;
  readonly kv?: CacheTypes;
  /** A recipe to make, or with a goal where to write it. */
  readonly recipe?: string;
  /** With a goal: an HTML page with the recipe. */
  readonly report?: string;
  readonly text?: string;
  readonly window?: number;
  readonly out?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly tensor?: readonly TensorOverride[];
  readonly allowRequantize?: boolean;
  readonly threads?: number;
  /** `auto`, `none` or a file. */
  readonly imatrix?: string;
}
