import type { TokenPriority, TokenScope } from '@plimsoll/domain';
import type { CommonFlags } from '../define-command.js';

/** Flags of `plimsoll token add`. */
export interface TokenAddFlags extends CommonFlags {
  readonly scope?: readonly TokenScope[];
  readonly priority?: TokenPriority;
  readonly perMinute?: number;
  readonly concurrent?: number;
}
