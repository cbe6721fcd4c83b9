import type { CommonFlags } from '../define-command.js';

/** Flags of `plimsoll gpu`. */
export interface GpuFlags extends CommonFlags {
  readonly watch?: boolean;
  /** Text that names of the catalogue must have; true for all of them. */
  readonly list?: string | true;
  /** Seconds. */
  readonly interval?: number;
}
