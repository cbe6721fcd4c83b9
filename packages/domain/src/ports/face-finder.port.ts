import type { CallOptions } from './abort-signal.js';
import type { PhotoPixels } from './photo-reader.port.js';

/** A face in a photo. */
export interface FoundFace {
  /** How sure the detector is, 0 to 1. */
  readonly confidence: number;
  /** Width of the face as a share of the photo's. */
  readonly width: number;
  /** Grey pixels around each eye, as large as they are in the picture that was searched; none where it is not known. */
  readonly eyes: readonly PhotoPixels[];
}

/** Finds faces that look at the camera. */
export interface FaceFinder {
  /** @throws InvalidInputError when the picture cannot be read, CancelledError */
  find(jpeg: Uint8Array, options?: CallOptions): Promise<readonly FoundFace[]>;
  /** Ends whatever helps it. It is not used afterwards. */
  close(): Promise<void>;
}
