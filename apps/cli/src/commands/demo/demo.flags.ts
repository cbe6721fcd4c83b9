import type { CommonFlags } from '../define-command.js';

/** Flags of `plimsoll demo`. */
export type DemoFlags = CommonFlags;
