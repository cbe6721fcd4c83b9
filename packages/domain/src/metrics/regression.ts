import type { Measurement, MeasurementEnvironment } from '../measurement/measurement.js';
import { contentKey } from '../measurement/content-key.js';
import { cacheOf, isOfKind, timingsOf } from '../measurement/measurement.js';
import { compareSpeed } from './speed-comparison.js';
import { median } from './robust-statistics.js';
import { decodeTokensPerSecond } from './variant-accumulator.js';

/** Something that got worse. */
export interface Regression {
  readonly kind: 'speed' | 'quality' | 'reliability';
  readonly model: string;
  readonly variant: string;
  readonly device: string | null;
  /** Before and now: decode tokens/s, same-top-token rate or success rate. */
  readonly before: number;
  readonly now: number;
  /** Probability of such a change by chance; null where no test applies. */
  readonly pValue: number | null;
  /** What changed in the environment in between; empty when nothing is known. */
  readonly changes: readonly EnvironmentChange[];
  /** Of quality: the same-top-token rate that it lies below; null for the others. */
  readonly threshold: number | null;
}

/** A new build of the engine or the driver. Null is unknown. */
export interface EnvironmentChange {
  readonly part: 'engine' | 'driver';
  readonly from: string | null;
  readonly to: string | null;
}

/** When something counts as worse. */
export interface RegressionOptions {
  /** Same-top-token rate below which quality is reported, or null for never. */
  readonly qualityThreshold?: number | null | undefined;
  /** Smallest loss of speed that matters, as a share; 0.05 when absent. */
  readonly smallestSlowdown?: number | undefined;
  /** 0.99 when absent: warnings should be rare. */
  readonly confidence?: number | undefined;
  /** Newest runs that are held against the older ones when the environment did not change; 8 when absent. */
  readonly recentRuns?: number | undefined;
}

/**
 * Looks through measurements for variants that became slower than noise explains, fail more often, or whose quality
 * lies below the threshold by more than two standard errors. Runs are compared on the same backend and device only;
 * a change of engine build or driver marks the line between before and now, else the newest runs are held against the
 * older. Throttled runs and foreign records are left out.
 */
export function findRegressions(
  measurements: readonly Measurement[],
  options: RegressionOptions = {},
): readonly Regression[] {
  const own = measurements.filter((measurement) => !measurement.foreign);
  const found: Regression[] = [];
  for (const group of groupsOf(own)) {
    const speed = speedRegression(group, options);
    if (speed !== null) found.push(speed);
    const reliability = reliabilityRegression(group, options);
    if (reliability !== null) found.push(reliability);
    const quality = qualityRegression(group, options);
    if (quality !== null) found.push(quality);
  }
  return found;
}

/** Records of one content on one backend and device with one cache type and placement, oldest first. */
function groupsOf(measurements: readonly Measurement[]): readonly (readonly Measurement[])[] {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const { environment, shape } = measurement;
    const { backend, device } = environment;
    const key = JSON.stringify([
      contentKey(measurement),
      backend,
      device,
      cacheOf(measurement),
      shape.placement?.gpuLayers ?? null,
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [measurement]);
    else group.push(measurement);
  }
  return [...groups.values()].map((group) => group.sort((a, b) => a.atMs - b.atMs));
}

const isTimed = isOfKind('speed', 'generation');

function speedRegression(group: readonly Measurement[], options: RegressionOptions): Regression | null {
  const runs = group.filter((run) => run.succeeded && run.throttled !== true && isTimed(run));
  const timed = runs.filter((run) => speedOf(run) !== null);
  return firstOf(splits(timed, options.recentRuns ?? 8), ({ before, now }) => slowdown(before, now, options));
}

function slowdown(
  before: readonly Measurement[],
  now: readonly Measurement[],
  options: RegressionOptions,
): Regression | null {
  const slow = compareSpeed(before.map(msPerToken), now.map(msPerToken), { confidence: options.confidence ?? 0.99 });
  const speedBefore = median(before.map((run) => speedOf(run) ?? 0));
  const speedNow = median(now.map((run) => speedOf(run) ?? 0));
  if (slow?.verdict !== 'slower' || speedBefore === null || speedNow === null) return null;
  const loss = 1 - speedNow / speedBefore;
  if (loss < (options.smallestSlowdown ?? 0.05)) return null;
  return regression('speed', before, now, speedBefore, speedNow, slow.pValue);
}

function reliabilityRegression(group: readonly Measurement[], options: RegressionOptions): Regression | null {
  const calls = group.filter((run) => run.kind === 'generation' && run.errorCode !== 'cancelled');
  return firstOf(splits(calls, options.recentRuns ?? 8), ({ before, now }) => moreFailures(before, now, options));
}

function moreFailures(
  before: readonly Measurement[],
  now: readonly Measurement[],
  options: RegressionOptions,
): Regression | null {
  if (before.length < 2 || now.length < 2) return null;
  const rateBefore = successRate(before);
  const rateNow = successRate(now);
  const pValue = hypergeometricTail(before, now);
  if (rateNow >= rateBefore || pValue >= 1 - (options.confidence ?? 0.99)) return null;
  return regression('reliability', before, now, rateBefore, rateNow, pValue);
}

function qualityRegression(group: readonly Measurement[], options: RegressionOptions): Regression | null {
  const threshold = options.qualityThreshold ?? null;
  const measured = group.filter(isOfKind('quality')).filter(({ succeeded, quality }) => succeeded && quality !== null);
  const last = measured.at(-1);
  if (threshold === null || last?.quality == null) return null;
  const { sameTopToken, sameTopTokenStandardError } = last.quality;
  if (sameTopToken + 2 * sameTopTokenStandardError >= threshold) return null;
  const previous = measured.at(-2)?.quality?.sameTopToken ?? threshold;
  return regression('quality', measured.slice(0, -1), [last], previous, sameTopToken, null, threshold);
}

function regression(
  kind: Regression['kind'],
  before: readonly Measurement[],
  now: readonly Measurement[],
  valueBefore: number,
  valueNow: number,
  pValue: number | null,
  threshold: number | null = null,
): Regression | null {
  const last = now.at(-1);
  if (last === undefined) return null;
  const changes = environmentChanges(before.at(-1)?.environment ?? null, last.environment);
  return {
    kind,
    model: last.model,
    variant: last.variant,
    device: last.environment.device,
    before: valueBefore,
    now: valueNow,
    pValue,
    changes,
    threshold,
  };
}

function environmentChanges(
  before: MeasurementEnvironment | null,
  now: MeasurementEnvironment,
): readonly EnvironmentChange[] {
  if (before === null) return [];
  const change = (
    part: EnvironmentChange['part'],
    from: string | null,
    to: string | null,
  ): readonly EnvironmentChange[] => (from === to ? [] : [{ part, from, to }]);
  return [...change('engine', before.engineBuild, now.engineBuild), ...change('driver', before.driver, now.driver)];
}

/** Older and newer runs. */
interface Split {
  readonly before: readonly Measurement[];
  readonly now: readonly Measurement[];
}

/** Older runs beyond so many say little about the machine of today. */
const LOOK_BACK = 50;

/** At the last change of engine or driver, and, among the runs since, before the newest ones. */
function splits(runs: readonly Measurement[], recentRuns: number): readonly Split[] {
  const last = runs.at(-1)?.environment;
  const changed =
    1 + runs.findLastIndex(({ environment }) => last !== undefined && environmentChanges(environment, last).length > 0);
  return [changed, Math.max(changed, runs.length - recentRuns)].map((cut, index) => ({
    before: runs.slice(Math.max(index === 0 ? 0 : changed, cut - LOOK_BACK), cut),
    now: runs.slice(cut),
  }));
}

function firstOf(list: readonly Split[], find: (split: Split) => Regression | null): Regression | null {
  for (const split of list) {
    const found = find(split);
    if (found !== null) return found;
  }
  return null;
}

function speedOf(run: Measurement): number | null {
  const timings = timingsOf(run);
  return timings === null ? null : decodeTokensPerSecond(timings);
}

function msPerToken(run: Measurement): number {
  return 1000 / (speedOf(run) ?? 1);
}

function successRate(runs: readonly Measurement[]): number {
  return runs.filter((run) => run.succeeded).length / runs.length;
}

/** Fisher's exact test, one side: the chance that `now` holds so many of all failures. */
function hypergeometricTail(before: readonly Measurement[], now: readonly Measurement[]): number {
  const failedNow = now.filter((run) => !run.succeeded).length;
  const failed = failedNow + before.filter((run) => !run.succeeded).length;
  const total = before.length + now.length;
  let tail = 0;
  for (let k = failedNow; k <= Math.min(failed, now.length); k += 1) {
    tail += Math.exp(logChoose(now.length, k) + logChoose(before.length, failed - k) - logChoose(total, failed));
  }
  return Math.min(1, tail);
}

function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i);
  return sum;
}
