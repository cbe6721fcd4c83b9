import type { CallOptions } from './abort-signal.js';

/** Grey pixels of a photo, turned upright and scaled to a known long edge. */
export interface PhotoPixels {
  readonly width: number;
  readonly height: number;
  /** Row by row, 0 black to 255 white. */
  readonly grey: Uint8Array;
}

/** The EXIF facts that scoring uses. Null is unknown. */
export interface PhotoExif {
  readonly camera: string | null;
  readonly iso: number | null;
  readonly exposureSeconds: number | null;
  readonly aperture: number | null;
  readonly focalLengthMm: number | null;
  readonly takenAtMs: number | null;
}

/** Reads photos. */
export interface PhotoReader {
  pixels(path: string, longEdge: number, options?: CallOptions): Promise<PhotoPixels>;
  exif(path: string, options?: CallOptions): Promise<PhotoExif>;
}
