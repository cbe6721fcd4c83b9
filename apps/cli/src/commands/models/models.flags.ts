import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll models`. */
export type ModelsFlags = BackendFlags;
