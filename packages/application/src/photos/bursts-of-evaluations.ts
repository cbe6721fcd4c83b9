import { findBursts } from '@plimsoll/domain';
import type { Burst } from '@plimsoll/domain';
import type { PhotoEvaluation } from './photo-evaluation.js';

/** Bursts among evaluated photos, by their paths. */
export function burstsOf(evaluations: readonly PhotoEvaluation[]): readonly Burst[] {
  return findBursts(
    evaluations.map(({ path, exif, metrics, overallScore }) => ({
      id: path,
      takenAtMs: exif.datetime,
      hash: BigInt(`0x${metrics.perceptualHash}`),
      camera: exif.camera,
      overallScore,
    })),
  );
}
