import type { Level, SelectionPresetName, SidecarStyle } from '@plimsoll/domain';
import type { BackendFlags } from '../define-command.js';

/** Flags of everything that judges photos. */
export interface PhotosFlags extends BackendFlags {
  readonly preset?: SelectionPresetName;
  readonly model?: string;
  readonly level?: Level;
  /** False with `--no-picture`. */
  readonly picture: boolean;
}

/** Flags of `plimsoll photos evaluate`. */
export interface EvaluateFlags extends PhotosFlags {
  readonly minScore?: number;
  readonly parallel?: number;
  readonly askRejects?: boolean;
  readonly fresh?: boolean;
  readonly rejudge?: boolean;
  readonly xmp?: boolean;
  readonly sidecarStyle?: SidecarStyle;
  /** Files. */
  readonly csv?: string;
  readonly html?: string;
}

/** Flags of `plimsoll photos compare`. */
export interface PhotosCompareFlags extends PhotosFlags {
  readonly levels?: readonly Level[];
  readonly iterations?: number;
}

/** Flags of `plimsoll photos undo`. */
export type UndoFlags = BackendFlags;
