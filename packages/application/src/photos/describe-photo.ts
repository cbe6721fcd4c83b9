import type { PhotoSample, SelectionReason, TechnicalScores } from '@plimsoll/domain';

/** The measured facts in words, for a model. What is unknown is left out. */
export function describePhoto(
  { width, height, exif }: PhotoSample,
  scores: TechnicalScores,
  reasons: readonly SelectionReason[],
): readonly string[] {
  const outOf5 = (score: number): string => `${score.toFixed(1)} of 5`;
  const facts: readonly (string | null)[] = [
    `size: ${width} × ${height} pixels`,
    scores.focus === null ? 'focus: cannot be told' : `focus: ${outOf5(scores.focus)}`,
    `exposure: ${outOf5(scores.exposure)}`,
    `composition: ${outOf5(scores.composition)}`,
    scores.noise === null ? null : `freedom from noise: ${outOf5(scores.noise)}`,
    exif.camera === null ? null : `camera: ${exif.camera}`,
    exif.iso === null ? null : `ISO ${exif.iso}`,
    exif.exposureSeconds === null ? null : `exposure time: ${exif.exposureSeconds} s`,
    exif.aperture === null ? null : `aperture: f/${exif.aperture}`,
    exif.focalLengthMm === null ? null : `focal length: ${exif.focalLengthMm} mm`,
    reasons.length === 0 ? null : `noticed: ${reasons.map(({ kind }) => kind.replaceAll('-', ' ')).join(', ')}`,
  ];
  return facts.filter((fact) => fact !== null);
}
