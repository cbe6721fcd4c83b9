import { RunningStatistics, decodeTokensPerSecond, prefillTokensPerSecond } from '@plimsoll/domain';
import type {
  GenerationTimings,
  ProfileMeasurement,
  QualityResult,
  RecordFacts,
  SpeedMeasurement,
} from '@plimsoll/domain';
import type { ComparedLevel, ComparisonCell, RunFailure, RunSummary, SpeedSummary } from './comparison.js';
import { estimate } from './estimate.js';
import { speedAgainst } from './speed-against.js';
import { summarizeConcurrency, summarizeDepths } from './summarize-conditions.js';
import { largest, summarizeDevices } from './summarize-devices.js';

/** What was recorded about one cell. */
export interface CellRecords {
  readonly cell: ComparisonCell;
  readonly bytes: number | null;
  readonly runs: readonly SpeedMeasurement[];
  readonly quality: QualityResult | null;
  /** Runs under other conditions; none when absent. */
  readonly profiles?: readonly ProfileMeasurement[] | undefined;
}

/** Turns the records of all cells into the table. The reference is the first. */
export function summarizeCells(cells: readonly CellRecords[]): readonly ComparedLevel[] {
  const referenceMeanMs = cells[0] === undefined ? null : totals(cells[0].runs).mean;
  const levels = cells.map(({ cell, bytes, runs, quality, profiles = [] }, index) => ({
    ...cell,
    bytes,
    residentBytes: largest(runs.map((run) => run.residentBytes)),
    runs: summarizeRuns(runs, profiles, referenceMeanMs),
    speed: summarizeSpeed(runs),
    speedup: index === 0 ? null : speedAgainst(cells[0]?.runs ?? [], runs),
    depths: summarizeDepths(profiles),
    concurrency: summarizeConcurrency(profiles),
    quality,
  }));
  return levels.map((level) => ({ ...level, paretoOptimal: !levels.some((other) => dominates(other, level)) }));
}

const succeeded = (runs: readonly SpeedMeasurement[]): readonly GenerationTimings[] =>
  runs.flatMap((run) => (run.succeeded && run.timings !== null ? [run.timings] : []));

function totals(runs: readonly SpeedMeasurement[]): RunningStatistics {
  const statistics = new RunningStatistics();
  for (const timings of succeeded(runs)) statistics.record(timings.totalMs);
  return statistics;
}

function summarizeRuns(
  runs: readonly SpeedMeasurement[],
  profiles: readonly ProfileMeasurement[],
  referenceMeanMs: number | null,
): RunSummary {
  const good = runs.filter((run) => run.succeeded).length;
  const { mean, min, max } = totals(runs);
  const failures = causesOf([...runs, ...profiles]);
  return {
    total: runs.length,
    succeeded: good,
    failed: runs.length - good,
    successRate: runs.length === 0 ? null : good / runs.length,
    meanMs: mean,
    minMs: min,
    maxMs: max,
    speedup: referenceMeanMs === null || mean === null || mean === 0 ? null : referenceMeanMs / mean,
    ...(failures.length === 0 ? {} : { failures }),
  };
}

function causesOf(runs: readonly RecordFacts[]): readonly RunFailure[] {
  const causes = new Map<string, RunFailure>();
  for (const { succeeded, errorCode, errorMessage = null } of runs) {
    if (succeeded) continue;
    const key = JSON.stringify([errorCode, errorMessage]);
    causes.set(key, { errorCode, message: errorMessage, runs: (causes.get(key)?.runs ?? 0) + 1 });
  }
  return [...causes.values()].sort((a, b) => b.runs - a.runs);
}

function summarizeSpeed(runs: readonly SpeedMeasurement[]): SpeedSummary {
  const timings = succeeded(runs);
  return {
    loadMs: estimate(timings.map((timing) => timing.loadMs)),
    firstTokenMs: estimate(timings.map((timing) => timing.firstTokenMs)),
    prefillTokensPerSecond: estimate(timings.map(prefillTokensPerSecond)),
    decodeTokensPerSecond: estimate(timings.map(decodeTokensPerSecond)),
    ...summarizeDevices(runs),
  };
}

type Costs = Pick<ComparedLevel, 'bytes' | 'quality' | 'speed'>;

/** Costs of a level, less is better: bytes, and divergence or, without quality, time per token. */
const costs = ({ bytes, quality, speed }: Costs): readonly (number | null)[] => [
  bytes,
  quality === null ? null : quality.meanKld,
  quality === null && speed.decodeTokensPerSecond !== null ? 1 / speed.decodeTokensPerSecond.median : null,
];

/** Whether `a` is at least as good in everything that is known of both, and better in something. */
function dominates(a: Costs, b: Costs): boolean {
  const pairs = costs(a)
    .map((cost, index) => [cost, costs(b)[index] ?? null] as const)
    .filter((pair): pair is readonly [number, number] => pair[0] !== null && pair[1] !== null);
  return pairs.length > 1 && pairs.every(([x, y]) => x <= y) && pairs.some(([x, y]) => x < y);
}
