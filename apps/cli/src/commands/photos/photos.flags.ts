import type { VariantLevel, SelectionPresetName, SidecarStyle } from '@plimsoll/domain';
import type { BackendFlags } from '../define-command.js';

/** Flags of everything that judges photos. */
export interface PhotosFlags extends BackendFlags {
  readonly preset?: SelectionPresetName;
  readonly model?: string;
  readonly level?: VariantLevel;
  /** False with `--no-picture`. */
  readonly picture: boolean;
}

/** Whether the governor may move the model to another point between two photos. */
export interface GovernedFlags {
  readonly governor?: 'active' | 'off';
}

/** How Plimsoll is opened where the governor may. */
export function governed<Flags extends GovernedFlags>(
  flags: Flags,
): Flags & { readonly govern?: { readonly mode: 'active' } } {
  return flags.governor === 'off' ? flags : { ...flags, govern: { mode: 'active' } };
}

/** Where machines meet that work on the same photos. */
export interface SharedFlags {
  /** Address of a Redis server. */
  readonly queue?: string;
  /** Address of a PostgreSQL database. */
  readonly store?: string;
}

/** Flags of `plimsoll photos evaluate`. */
export interface EvaluateFlags extends PhotosFlags, SharedFlags, GovernedFlags {
  readonly minScore?: number;
  readonly parallel?: number;
  readonly askRejects?: boolean;
  readonly faces?: boolean;
  readonly fresh?: boolean;
  readonly rejudge?: boolean;
  readonly xmp?: boolean;
  readonly sidecarStyle?: SidecarStyle;
  /** Files. */
  readonly csv?: string;
  readonly html?: string;
}

/** Flags of `plimsoll photos compare`. */
export interface PhotosCompareFlags extends PhotosFlags, SharedFlags {
  readonly levels?: readonly VariantLevel[];
  readonly iterations?: number;
  /** A file. */
  readonly html?: string;
}

/** Flags of `plimsoll photos watch`. */
export interface WatchFlags extends PhotosFlags, GovernedFlags {}

/** Flags of `plimsoll photos undo`. */
export type UndoFlags = BackendFlags & Pick<SharedFlags, 'store'>;

/** What `plimsoll photos workers` can be told to do. */
export const WORKERS_ACTIONS = ['run', 'status', 'pause', 'resume', 'retry'] as const;

/** One of them. */
export type WorkersAction = (typeof WORKERS_ACTIONS)[number];

/** Flags of `plimsoll photos workers`. */
export interface WorkersFlags extends BackendFlags, SharedFlags, GovernedFlags {
  readonly parallel?: number;
  readonly pixelsOnly?: boolean;
  /** Levels of comparisons instead of photos. */
  readonly compare?: boolean;
  /** Seconds. */
  readonly lostAfter?: number;
}
