import type { CommonFlags } from '../define-command.js';

/** Flags of `plimsoll config …`. */
export type ConfigFlags = CommonFlags;
