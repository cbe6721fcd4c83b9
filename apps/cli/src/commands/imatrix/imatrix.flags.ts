import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll imatrix`. */
export interface ImatrixFlags extends BackendFlags {
  readonly text?: readonly string[];
  readonly out?: string;
  readonly force?: boolean;
  readonly window?: number;
  readonly threads?: number;
}
