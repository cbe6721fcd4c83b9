import type { CommonFlags } from '../define-command.js';

/** What `plimsoll governor` can be asked to do. */
export const GOVERNOR_ACTIONS = ['status', 'log', 'pin', 'unpin', 'active', 'dry-run', 'hold', 'simulate'] as const;

export type GovernorAction = (typeof GOVERNOR_ACTIONS)[number];

/** Flags of `plimsoll governor`. */
export interface GovernorFlags extends CommonFlags {
  readonly url?: string;
  readonly loaded?: boolean;
  readonly svg?: string;
}
