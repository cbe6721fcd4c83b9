import { decodeTokensPerSecond, median, prefillTokensPerSecond } from '@plimsoll/domain';
import type { GenerationTimings, ProfileMeasurement, SpeedCondition } from '@plimsoll/domain';
import type { ConcurrentSpeed, DepthSpeed, DeviceSummary } from './comparison.js';
import { estimate } from './estimate.js';
import { sameCondition } from './speed-conditions.js';
import { summarizeDevices } from './summarize-devices.js';

/** Speed by depth, least deep first. */
export function summarizeDepths(profiles: readonly ProfileMeasurement[]): readonly DepthSpeed[] {
  return groups(profiles)
    .flatMap(({ condition: { depthTokens }, failed, timings, devices }) =>
      depthTokens === null
        ? []
        : [
            {
              depthTokens,
              promptTokens: median(timings.flatMap((one) => (one.promptTokens === null ? [] : [one.promptTokens]))),
              prefillTokensPerSecond: estimate(timings.map(prefillTokensPerSecond)),
              decodeTokensPerSecond: estimate(timings.map(decodeTokensPerSecond)),
              failed,
              ...devices,
            },
          ],
    )
    .sort((a, b) => a.depthTokens - b.depthTokens);
}

/** Total speed by number of generations at once, fewest first. */
export function summarizeConcurrency(profiles: readonly ProfileMeasurement[]): readonly ConcurrentSpeed[] {
  return groups(profiles)
    .filter(({ condition }) => condition.depthTokens === null)
    .map(({ condition: { concurrency }, failed, timings, devices }) => ({
      concurrency,
      totalTokensPerSecond: estimate(timings.map(totalSpeed)),
      failed,
      ...devices,
    }))
    .sort((a, b) => a.concurrency - b.concurrency);
}

interface Group {
  readonly condition: SpeedCondition;
  readonly failed: number;
  readonly timings: readonly GenerationTimings[];
  readonly devices: DeviceSummary;
}

function groups(profiles: readonly ProfileMeasurement[]): readonly Group[] {
  const conditions: SpeedCondition[] = [];
  for (const { condition } of profiles) {
    if (!conditions.some((known) => sameCondition(known, condition))) conditions.push(condition);
  }
  return conditions.map((condition) => {
    const records = profiles.filter((record) => sameCondition(record.condition, condition));
    return {
      condition,
      failed: records.filter((record) => !record.succeeded).length,
      timings: records.flatMap(({ succeeded, timings }) => (succeeded && timings !== null ? [timings] : [])),
      devices: summarizeDevices(records),
    };
  });
}

const totalSpeed = ({ generatedTokens, totalMs }: GenerationTimings): number | null =>
  generatedTokens === null || !(totalMs > 0) ? null : (generatedTokens * 1000) / totalMs;
