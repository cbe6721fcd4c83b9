import { cacheOf, isOfKind } from '../measurement/measurement.js';
import type { Measurement } from '../measurement/measurement.js';
import { decodeTokensPerSecond, prefillTokensPerSecond } from '../metrics/variant-accumulator.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import type { SpeedObservation } from './calibration.js';
import type { FootprintObservation } from './correction.js';
import type { CacheTypes } from '../planning/plan-request.js';
import type { QualityExpectation } from '../prediction/quality-prior.js';

/**
 * The footprint observations among measurements. Where nothing was resident the bytes are the engine's own answer
 * without allocating.
 */
export function footprintObservations(measurements: readonly Measurement[]): readonly FootprintObservation[] {
  return measurements.flatMap((run) => {
    const footprint = 'footprint' in run ? run.footprint : null;
    if (footprint === null || !run.succeeded) return [];
    const { architecture, environment, foreign, residentBytes } = run;
    return [{ ...footprint, architecture, device: environment.device, foreign, byEngine: residentBytes === null }];
  });
}

/** The speed observations among measurements: successful, unthrottled runs that were predicted and timed. */
export function speedObservations(measurements: readonly Measurement[]): readonly SpeedObservation[] {
  return measurements.filter(isOfKind('speed')).flatMap((run) => {
    const { timings, predictedSpeed, architecture, environment, level, foreign } = run;
    if (timings === null || predictedSpeed === null || !run.succeeded || run.throttled === true) return [];
    const about = { architecture, device: environment.device, level, foreign };
    return [
      ...observation('decode', predictedSpeed.decodeTokensPerSecond, decodeTokensPerSecond(timings), about),
      ...observation('prefill', predictedSpeed.prefillTokensPerSecond, prefillTokensPerSecond(timings), about),
    ];
  });
}

function observation(
  kind: SpeedObservation['kind'],
  predicted: number | null,
  measured: number | null,
  about: Omit<SpeedObservation, 'kind' | 'predicted' | 'measured'>,
): readonly SpeedObservation[] {
  return predicted === null || measured === null ? [] : [{ kind, ...about, predicted, measured }];
}

/**
 * The quality of a level with a cache as it was measured, or null. `measurements` are those of one model; of several
 * runs the one over most tokens counts, own before foreign. A lower bound from the best tokens only is said to be one.
 */
export function measuredQuality(
  measurements: readonly Measurement[],
  level: VariantLevel,
  cache: CacheTypes,
): QualityExpectation | null {
  const runs = measurements.filter(isOfKind('quality')).flatMap((run) => {
    const { quality, succeeded, foreign } = run;
    const sameCache = cache.keyCacheType === cache.valueCacheType && (cacheOf(run) ?? 'f16') === cache.keyCacheType;
    return quality !== null && succeeded && run.level === level && sameCache ? [{ quality, foreign }] : [];
  });
  const [best] = runs.sort(
    (a, b) => Number(a.foreign) - Number(b.foreign) || b.quality.scoredTokens - a.quality.scoredTokens,
  );
  if (best === undefined) return null;
  const { quality } = best;
  return {
    perplexityIncrease: quality.perplexityRatio - 1,
    meanKld: quality.meanKld,
    sameTopToken: quality.sameTopToken,
    source: 'measured',
    basis: {
      kind: 'measured',
      scoredTokens: quality.scoredTokens,
      foreign: best.foreign,
      best: quality.coverage.kind === 'full' ? null : quality.coverage.k,
    },
  };
}
