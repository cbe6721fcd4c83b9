import type { RemoteFlags } from '@plimsoll/composition';
import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll inspect`. */
export interface InspectFlags extends BackendFlags, RemoteFlags {
  readonly tensors?: boolean;
  readonly metadata?: boolean;
}
