import type { CommonFlags } from '../define-command.js';

/** Flags of `plimsoll gpu`. */
export interface GpuFlags extends CommonFlags {
  readonly watch?: boolean;
  /** Seconds. */
  readonly interval?: number;
}
