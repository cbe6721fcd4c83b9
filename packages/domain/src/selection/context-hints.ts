import type { PhotoExif } from '../ports/photo-reader.port.js';

/** What the camera's settings suggest about the scene. */
export type ContextHint =
  | 'low-light'
  | 'bright-light'
  | 'flash'
  | 'long-exposure'
  | 'frozen-motion'
  | 'shallow-depth-of-field'
  | 'wide-angle'
  | 'telephoto';

const LOW_LIGHT_ISO = 1600;
const BRIGHT_LIGHT_ISO = 200;
const LONG_EXPOSURE_S = 1 / 15;
const FROZEN_MOTION_S = 1 / 1000;
const WIDE_APERTURE = 2.8;
const WIDE_ANGLE_MM = 28;
const TELEPHOTO_MM = 135;

/** Hints from whatever EXIF facts there are; a missing one only makes fewer hints. */
export function contextHints(exif: PhotoExif): readonly ContextHint[] {
  const { iso, exposureSeconds, aperture, focalLengthMm, flashFired } = exif;
  const hints: readonly (readonly [ContextHint, boolean])[] = [
    ['low-light', iso !== null && iso >= LOW_LIGHT_ISO],
    ['bright-light', iso !== null && iso <= BRIGHT_LIGHT_ISO && exposureSeconds !== null && exposureSeconds <= 1 / 250],
    ['flash', flashFired === true],
    ['long-exposure', exposureSeconds !== null && exposureSeconds >= LONG_EXPOSURE_S],
    ['frozen-motion', exposureSeconds !== null && exposureSeconds <= FROZEN_MOTION_S],
    ['shallow-depth-of-field', aperture !== null && aperture <= WIDE_APERTURE],
    ['wide-angle', focalLengthMm !== null && focalLengthMm <= WIDE_ANGLE_MM],
    ['telephoto', focalLengthMm !== null && focalLengthMm >= TELEPHOTO_MM],
  ];
  return hints.filter(([, holds]) => holds).map(([hint]) => hint);
}
