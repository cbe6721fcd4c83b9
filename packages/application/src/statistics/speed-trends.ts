import { cacheOf, contentKey, decodeTokensPerSecond, median, timingsOf } from '@plimsoll/domain';
import type { KvCacheType, Measurement } from '@plimsoll/domain';

/** Decode speed of one variant on one device over time. */
export interface SpeedTrend {
  readonly model: string;
  readonly variant: string;
  readonly device: string | null;
  readonly kvCache: KvCacheType | null;
  /** Timed runs behind it. */
  readonly runs: number;
  /** Median decode tokens per second of up to twelve equal groups of runs, oldest first. */
  readonly decodeTokensPerSecond: readonly number[];
  /** The last group against the first, as a share: 0.1 is ten percent faster. */
  readonly change: number;
}

const MOST_GROUPS = 12;

/** Fewer runs make no trend. */
const LEAST_RUNS = 4;

/**
 * How fast each content decoded on each device, oldest first, over successful runs that heat did not slow down.
 * Equal numbers of runs stand behind each point, so that a busy day does not hide a quiet month.
 */
export function speedTrends(measurements: readonly Measurement[]): readonly SpeedTrend[] {
  const groups = new Map<string, { readonly of: Measurement; readonly speeds: [atMs: number, speed: number][] }>();
  for (const run of measurements) {
    const timings = timingsOf(run);
    const speed = timings === null ? null : decodeTokensPerSecond(timings);
    if (speed === null || !run.succeeded || run.throttled === true || run.foreign) continue;
    const { backend, device } = run.environment;
    const key = JSON.stringify([contentKey(run), backend, device, cacheOf(run)]);
    const group = groups.get(key) ?? { of: run, speeds: [] };
    groups.set(key, group);
    group.speeds.push([run.atMs, speed]);
  }
  return [...groups.values()].flatMap(({ of, speeds }) => {
    if (speeds.length < LEAST_RUNS) return [];
    const points = pointsOf(speeds.sort(([a], [b]) => a - b).map(([, speed]) => speed));
    const [first, last] = [points[0] ?? 0, points.at(-1) ?? 0];
    const { model, variant } = of;
    const { device } = of.environment;
    const change = last / first - 1;
    return [
      { model, variant, device, kvCache: cacheOf(of), runs: speeds.length, decodeTokensPerSecond: points, change },
    ];
  });
}

/** Medians of equal parts; a part has two runs at least. */
function pointsOf(speeds: readonly number[]): readonly number[] {
  const count = Math.min(MOST_GROUPS, Math.floor(speeds.length / 2));
  return Array.from({ length: count }, (_, index) => {
    const part = speeds.slice(
      Math.floor((index * speeds.length) / count),
      Math.floor(((index + 1) * speeds.length) / count),
    );
    return median(part) ?? 0;
  });
}
