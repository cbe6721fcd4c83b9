import type { PhotoExif } from '../ports/photo-reader.port.js';
import type { FaceMeasure } from './faces.js';
import type { SelectionPreset } from './preset.js';
import type { TechnicalMetrics, TechnicalScores } from './technical-scores.js';

/** What to do with a photo. */
export type PhotoRecommendation = 'approve' | 'review' | 'reject';

/** Why. `value` is in the unit that the kind names; front ends word it. */
export type SelectionReason =
  | { readonly kind: 'sharp' | 'soft'; readonly score: number }
  | { readonly kind: 'too-dark' | 'too-bright'; readonly meanGrey: number }
  | { readonly kind: 'clipped-blacks' | 'clipped-whites'; readonly share: number }
  | { readonly kind: 'low-contrast'; readonly contrast: number }
  | { readonly kind: 'noisy'; readonly score: number }
  /** Blocks of a JPEG that is compressed too much stand out, in grey values. */
  | { readonly kind: 'compressed'; readonly blocking: number }
  | { readonly kind: 'tilted'; readonly degrees: number }
  | { readonly kind: 'high-iso' | 'low-iso'; readonly iso: number }
  | { readonly kind: 'faces'; readonly count: number }
  /** Of the largest face. */
  | { readonly kind: 'sharp-eyes' | 'soft-eyes'; readonly score: number }
  | { readonly kind: 'model'; readonly score: number }
  /** Too little structure to judge the focus: fog, sky, a dark frame, or a blur that is meant. */
  | { readonly kind: 'focus-unknown' }
  | { readonly kind: 'not-best-of-burst'; readonly best: string };

/** The verdict on one photo. */
export interface Judgement {
  /** 0 to 5, from the pixels alone, faces included where they were looked for. */
  readonly technicalScore: number;
  /** 1 to 5. */
  readonly overallScore: number;
  readonly recommendation: PhotoRecommendation;
  readonly reasons: readonly SelectionReason[];
}

/** What a verdict rests on. */
export interface Evidence {
  readonly metrics: TechnicalMetrics;
  readonly scores: TechnicalScores;
  readonly exif: Pick<PhotoExif, 'iso'>;
  /** Null or absent: nobody looked for faces. */
  readonly faces?: FaceMeasure | null | undefined;
  /** The model's score, 1 to 5; null without an answer, and the technical score then stands alone. */
  readonly modelScore: number | null;
}

const LOW_ISO = 800;
const HIGH_ISO = 3200;
const ISO_STEP = 0.1;
const FACE_STEP = 0.1;
const MOST_FOR_FACES = 0.3;

/**
 * Combines the scores by the founding rule and recommends. A photo whose focus cannot be told is never decided, and one
 * whose eyes are soft is not approved.
 */
export function judge(evidence: Evidence, preset: SelectionPreset): Judgement {
  const { scores, exif, modelScore } = evidence;
  const forFaces = Math.min(MOST_FOR_FACES, FACE_STEP * (evidence.faces?.count ?? 0));
  const technicalScore = Math.min(5, combineTechnically(scores, preset) + forFaces);
  const adjusted = technicalScore + isoAdjustment(exif.iso);
  const mixed = modelScore === null ? adjusted : (1 - preset.modelShare) * adjusted + preset.modelShare * modelScore;
  const overallScore = Math.min(5, Math.max(1, mixed));
  return {
    technicalScore,
    overallScore,
    recommendation: recommend(overallScore, scores.focus, evidence.faces?.eyesScore ?? null, preset),
    reasons: reasonsOf(evidence),
  };
}

/** Weighted mean of the parts that are known, less the penalty for noise; 0 to 5. */
export function combineTechnically(scores: TechnicalScores, { weights, noisePenalty }: SelectionPreset): number {
  const parts = [
    [scores.focus, weights.focus],
    [scores.exposure, weights.exposure],
    [scores.composition, weights.composition],
  ] as const;
  let sum = 0;
  let weight = 0;
  for (const [score, share] of parts) {
    if (score === null) continue;
    sum += score * share;
    weight += share;
  }
  return Math.max(0, sum / weight - noisePenalty * (5 - (scores.noise ?? 5)));
}

function isoAdjustment(iso: number | null): number {
  if (iso === null) return 0;
  return iso <= LOW_ISO ? ISO_STEP : iso > HIGH_ISO ? -ISO_STEP : 0;
}

function recommend(
  overall: number,
  focus: number | null,
  eyes: number | null,
  preset: SelectionPreset,
): PhotoRecommendation {
  if (focus === null) return 'review';
  if (overall < preset.rejectBelow) return 'reject';
  if (overall >= preset.approveFrom) return eyes !== null && eyes < SOFT_BELOW ? 'review' : 'approve';
  return preset.rejectFocusBelow !== null && focus < preset.rejectFocusBelow ? 'reject' : 'review';
}

const SHARP_FROM = 3.8;
const SOFT_BELOW = 3;
const DARK_BELOW = 60;
const BRIGHT_ABOVE = 200;
const CLIPPED_ABOVE = 0.05;
const CONTRAST_BELOW = 25;
const NOISY_BELOW = 3.5;
const TILTED_FROM = 2;
const BLOCKY_FROM = 3;

function reasonsOf({ metrics, scores, exif, faces = null, modelScore }: Evidence): readonly SelectionReason[] {
  const { mean, contrast, blackShare, whiteShare } = metrics.exposure;
  const { tiltDegrees } = metrics.composition;
  const reasons: SelectionReason[] = [];
  const add = (holds: boolean, reason: () => SelectionReason): void => {
    if (holds) reasons.push(reason());
  };
  const { focus, noise } = scores;
  if (focus === null) reasons.push({ kind: 'focus-unknown' });
  else if (focus >= SHARP_FROM) reasons.push({ kind: 'sharp', score: focus });
  else if (focus < SOFT_BELOW) reasons.push({ kind: 'soft', score: focus });
  add(mean < DARK_BELOW, () => ({ kind: 'too-dark', meanGrey: mean }));
  add(mean > BRIGHT_ABOVE, () => ({ kind: 'too-bright', meanGrey: mean }));
  add(blackShare > CLIPPED_ABOVE, () => ({ kind: 'clipped-blacks', share: blackShare }));
  add(whiteShare > CLIPPED_ABOVE, () => ({ kind: 'clipped-whites', share: whiteShare }));
  add(contrast < CONTRAST_BELOW, () => ({ kind: 'low-contrast', contrast }));
  const blocking = metrics.blocking ?? 0;
  add(blocking >= BLOCKY_FROM, () => ({ kind: 'compressed', blocking }));
  if (noise !== null && noise < NOISY_BELOW && blocking < BLOCKY_FROM) reasons.push({ kind: 'noisy', score: noise });
  if (tiltDegrees !== null && Math.abs(tiltDegrees) >= TILTED_FROM) {
    reasons.push({ kind: 'tilted', degrees: tiltDegrees });
  }
  if (exif.iso !== null && exif.iso > HIGH_ISO) reasons.push({ kind: 'high-iso', iso: exif.iso });
  if (exif.iso !== null && exif.iso <= LOW_ISO) reasons.push({ kind: 'low-iso', iso: exif.iso });
  if (faces !== null && faces.count > 0) reasons.push({ kind: 'faces', count: faces.count });
  const eyes = faces?.eyesScore ?? null;
  if (eyes !== null && eyes >= SHARP_FROM) reasons.push({ kind: 'sharp-eyes', score: eyes });
  if (eyes !== null && eyes < SOFT_BELOW) reasons.push({ kind: 'soft-eyes', score: eyes });
  if (modelScore !== null) reasons.push({ kind: 'model', score: modelScore });
  return reasons;
}
