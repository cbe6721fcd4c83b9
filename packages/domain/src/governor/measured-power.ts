import { isOfKind } from '../measurement/measurement.js';
import type { Measurement } from '../measurement/measurement.js';
import { median } from '../metrics/robust-statistics.js';
import type { Rung } from './ladder.js';

/** A rung, and what its variant holds. */
interface RungOfVariant extends Rung {
  /** `sha256:…`, or null when unknown. */
  readonly digest: string | null;
}

/**
 * The rungs with the power that was measured while their content answered one request: the median of the runs at the
 * same layers and caches, where a run says which. `measurements` are those of the device that the rungs are for. Null
 * where there is no such run: a step there is a trial.
 */
export function withMeasuredPower<Point extends RungOfVariant>(
  rungs: readonly Point[],
  measurements: readonly Measurement[],
): readonly Point[] {
  const runs = measurements.filter(isOfKind('speed', 'profile')).flatMap((run) => {
    const { energyJ, timings, succeeded, throttled } = run;
    const alone = run.kind === 'speed' || run.condition.concurrency === 1;
    const isMeasured = succeeded && throttled !== true && alone && energyJ !== null && (timings?.totalMs ?? 0) > 0;
    return isMeasured ? [{ run, powerW: energyJ / ((timings?.totalMs ?? 0) / 1000) }] : [];
  });
  return rungs.map((rung) => ({
    ...rung,
    powerW: median(runs.filter(({ run }) => isOf(run, rung)).map(({ powerW }) => powerW)),
  }));
}

function isOf({ digest, shape }: Measurement, { point, ...rung }: RungOfVariant): boolean {
  const { keyCacheType = point.keyCacheType, valueCacheType = point.valueCacheType, placement } = shape;
  return (
    digest !== null &&
    digest === rung.digest &&
    keyCacheType === point.keyCacheType &&
    valueCacheType === point.valueCacheType &&
    (placement?.gpuLayers ?? point.placement.gpuLayers) === point.placement.gpuLayers
  );
}
