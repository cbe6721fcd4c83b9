import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll stats`. */
export interface StatsFlags extends BackendFlags {
  /** Days back. */
  readonly days?: number;
  readonly propose?: boolean;
  readonly apply?: boolean;
  /** Files. */
  readonly export?: string;
  readonly import?: string;
}
