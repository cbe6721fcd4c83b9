import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll models`. */
export interface ModelsFlags extends BackendFlags {
  readonly names?: boolean;
}
