import type { CommonFlags } from '../define-command.js';

/** Flags of `plimsoll service install`. */
export interface ServiceInstallFlags extends CommonFlags {
  /** Whether the service is only written, and its manager not told. */
  readonly start: boolean;
}
