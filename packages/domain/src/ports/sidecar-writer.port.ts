import type { CallOptions } from './abort-signal.js';

/** How a sidecar is named: `photo.xmp` as Lightroom does, or `photo.jpg.xmp` as darktable and digiKam do. */
export type SidecarStyle = 'lightroom' | 'darktable';

/** What is written beside a photo. Absent fields stay as they are. */
export interface SidecarPatch {
  /** Stars, 0 to 5; −1 is a reject, which only darktable and digiKam understand. */
  readonly rating?: number | undefined;
  readonly label?: string | undefined;
  /** Added to those that are there. */
  readonly keywords?: readonly string[] | undefined;
}

/** One sidecar before and after, so that the change can be undone. */
export interface SidecarChange {
  readonly path: string;
  /** Null: there was none. */
  readonly before: string | null;
  readonly after: string;
}

/** What undoing a change came to; a sidecar that somebody has edited since is left alone. */
export type SidecarUndo = 'undone' | 'never-made' | 'edited-since' | 'gone';

/** Patches XMP sidecars; never touches photos, never replaces what others wrote. */
export interface SidecarWriter {
  /** Where the sidecar of a photo lies, whether or not there is one. */
  pathOf(photoPath: string, style: SidecarStyle): string;
  /**
   * What a patch would change; null when the sidecar already says all that. Nothing is written, so that the change can
   * be put on record first.
   * @throws InvalidInputError for a sidecar that is not XMP
   */
  prepare(
    photoPath: string,
    style: SidecarStyle,
    patch: SidecarPatch,
    options?: CallOptions,
  ): Promise<SidecarChange | null>;
  /** @throws StorageFailedError when it cannot be written, InvalidInputError when the sidecar has changed since */
  apply(change: SidecarChange, options?: CallOptions): Promise<void>;
  undo(change: SidecarChange, options?: CallOptions): Promise<SidecarUndo>;
}
