import type { Level, TensorOverride } from '@plimsoll/domain';
import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll quantize`. */
export interface QuantizeFlags extends BackendFlags {
  readonly to: Level;
  readonly out?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly tensor?: readonly TensorOverride[];
  readonly allowRequantize?: boolean;
  readonly threads?: number;
  /** `auto`, `none` or a file. */
  readonly imatrix?: string;
}
