import type { FoundFace } from '../ports/face-finder.port.js';
import type { PhotoPixels } from '../ports/photo-reader.port.js';
import { slopesAt } from './filters.js';
import { measureFocus, scoreBlur } from './focus.js';

/** What was measured on faces. */
export interface FaceMeasure {
  readonly count: number;
  /** 0 to 5, how sharp the sharpest eye of the largest face is; null when that cannot be told. */
  readonly eyesScore: number | null;
}

/** The long edge at which faces are looked for and eyes are measured: twice as strict as the photo's own focus. */
export const FACES_EDGE = 1024;

/** Eyes whose surroundings are narrower say nothing, pixels. */
const LEAST_WIDTH = 16;
const WHOLE = { columns: 1, rows: 1 };

/**
 * Counts faces, and measures how sharp the sharpest eye of the largest one is: whoever is photographed, one eye at
 * least should be in focus. `noise` is that of the same picture, in grey values. Eyes that are small, or have no
 * structure above the noise, are not judged.
 */
export function measureFaces(faces: readonly FoundFace[], noise: number): FaceMeasure {
  const [largest] = [...faces].sort((a, b) => b.width - a.width);
  const scores = (largest?.eyes ?? []).flatMap((eye) => scoreOf(eye, noise) ?? []);
  return { count: faces.length, eyesScore: scores.length === 0 ? null : Math.max(...scores) };
}

function scoreOf({ width, height, grey }: PhotoPixels, noise: number): number | null {
  if (width < LEAST_WIDTH) return null;
  const plane = { width, height, values: Float32Array.from(grey) };
  const focus = measureFocus((sigma) => slopesAt(plane, sigma), noise, WHOLE);
  return focus === null ? null : scoreBlur(focus.blurSigma);
}
