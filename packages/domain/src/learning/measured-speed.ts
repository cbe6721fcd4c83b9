import { timingsOf } from '../measurement/measurement.js';
import type { Measurement } from '../measurement/measurement.js';
import { median, medianAbsoluteDeviation } from '../metrics/robust-statistics.js';
import { decodeTokensPerSecond, prefillTokensPerSecond } from '../metrics/variant-accumulator.js';
import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import type { Prediction } from '../prediction/prediction.js';
import { UNKNOWN } from '../prediction/prediction.js';

/** The operating point whose measurements are wanted. */
export interface MeasuredPoint {
  readonly level: VariantLevel;
  readonly kvCache: KvCacheType;
  readonly gpuLayers: number;
}

/** Speeds that were measured at an operating point; unknown where none were. */
export interface MeasuredSpeed {
  readonly decode: Prediction;
  readonly prefill: Prediction;
}

/**
 * Speeds by operating point among the measurements of one model on one device: the medians of successful, unthrottled
 * runs of this machine. Runs that do not tell their cache or placement count for every one. The measurements are
 * looked through once; asking is then cheap.
 */
export function measuredSpeeds(measurements: readonly Measurement[]): (point: MeasuredPoint) => MeasuredSpeed {
  const byLevel = new Map<VariantLevel, Measurement[]>();
  for (const run of measurements) {
    if (!run.succeeded || run.foreign || run.throttled === true || run.level === null || timingsOf(run) === null)
      continue;
    const runs = byLevel.get(run.level);
    if (runs === undefined) byLevel.set(run.level, [run]);
    else runs.push(run);
  }
  const answers = new Map<string, MeasuredSpeed>();
  return (point) => {
    const runs = byLevel.get(point.level);
    if (runs === undefined) return NOTHING;
    const key = `${point.level} ${point.kvCache} ${point.gpuLayers}`;
    const answer = answers.get(key) ?? speedAt(runs, point);
    answers.set(key, answer);
    return answer;
  };
}

const NOTHING: MeasuredSpeed = { decode: UNKNOWN, prefill: UNKNOWN };

/** As `measuredSpeeds`, for a single question. */
export function measuredSpeed(measurements: readonly Measurement[], point: MeasuredPoint): MeasuredSpeed {
  return measuredSpeeds(measurements)(point);
}

function speedAt(measurements: readonly Measurement[], point: MeasuredPoint): MeasuredSpeed {
  const runs = measurements.filter(({ shape }) => {
    const { keyCacheType, valueCacheType, placement } = shape;
    return (
      (keyCacheType ?? point.kvCache) === point.kvCache &&
      (valueCacheType ?? point.kvCache) === point.kvCache &&
      (placement?.gpuLayers ?? point.gpuLayers) === point.gpuLayers
    );
  });
  const timings = runs.map(timingsOf).filter((one) => one !== null);
  return {
    decode: summary(timings.map(decodeTokensPerSecond)),
    prefill: summary(timings.map(prefillTokensPerSecond)),
  };
}

function summary(speeds: readonly (number | null)[]): Prediction {
  const known = speeds.filter((speed) => speed !== null);
  const value = median(known);
  if (value === null) return UNKNOWN;
  // A single run says nothing about spread; a tenth is usual between runs of a desktop.
  const spread = known.length < 3 ? 0.1 : (medianAbsoluteDeviation(known) ?? 0) / value;
  return { value, source: 'measured', relativeSpread: spread, observations: known.length };
}
