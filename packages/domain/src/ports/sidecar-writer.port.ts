import type { CallOptions } from './abort-signal.js';

/** What is written beside a photo. Absent fields stay as they are. */
export interface SidecarPatch {
  /** Stars, 0 to 5. */
  readonly rating?: number | undefined;
  readonly label?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
}

/** Patches XMP sidecars; never replaces what others wrote there. */
export interface SidecarWriter {
  write(photoPath: string, patch: SidecarPatch, options?: CallOptions): Promise<void>;
}
