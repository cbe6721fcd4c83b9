import type { CallOptions } from './abort-signal.js';

/** Grey pixels of a photo, turned upright and scaled to a known long edge. */
export interface PhotoPixels {
  readonly width: number;
  readonly height: number;
  /** Row by row, 0 black to 255 white. */
  readonly grey: Uint8Array;
  /** Their width over the upright photo's; 1 when absent. */
  readonly scale?: number | undefined;
}

/** The EXIF facts that scoring uses. Null is unknown. */
export interface PhotoExif {
  readonly camera: string | null;
  readonly iso: number | null;
  readonly exposureSeconds: number | null;
  readonly aperture: number | null;
  readonly focalLengthMm: number | null;
  /** Camera time, taken as UTC where the file names no zone; milliseconds since 1970. */
  readonly takenAtMs: number | null;
  readonly flashFired: boolean | null;
  /** Degrees, north and east positive. */
  readonly location: { readonly latitude: number; readonly longitude: number } | null;
}

/** What is known of a photo after one reading. All of it is of the same bytes. */
export interface PhotoSample {
  readonly path: string;
  /** `sha256:…` of the file. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** As the decoder names it, such as `jpeg`; `raw` when an embedded preview was read. */
  readonly format: string;
  /** Size of the upright photo. */
  readonly width: number;
  readonly height: number;
  readonly exif: PhotoExif;
  readonly pixels: PhotoPixels;
}

/**
 * Reads photos; never writes them. What cannot be read (missing, not permitted, truncated, not a photo, too many
 * pixels, changed while it was read) is an `InvalidInputError` about that photo.
 */
export interface PhotoReader {
  /** `sha256:…` of the file, nothing decoded. */
  digest(path: string, options?: CallOptions): Promise<string>;
  /** Digest, EXIF, and grey pixels with at most `longEdge` on the longer side. */
  read(path: string, longEdge: number, options?: CallOptions): Promise<PhotoSample>;
  /** An upright JPEG without metadata, at most `longEdge` on the longer side: for a model or a contact sheet. */
  jpeg(path: string, longEdge: number, options?: CallOptions): Promise<Uint8Array>;
  /** Ends whatever helps it to read. It is not used afterwards. */
  close(): Promise<void>;
}
