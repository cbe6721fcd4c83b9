import { median } from '@plimsoll/domain';
import type { ProfileMeasurement, SpeedMeasurement } from '@plimsoll/domain';
import type { DeviceSummary } from './comparison.js';

/** What the devices showed during these runs. */
export function summarizeDevices(runs: readonly (SpeedMeasurement | ProfileMeasurement)[]): DeviceSummary {
  const joulesPerToken = runs.flatMap(({ energyJ, timings }) =>
    energyJ === null || !timings?.generatedTokens ? [] : [energyJ / timings.generatedTokens],
  );
  const throttled = runs.flatMap((run) => (run.throttled === null ? [] : [run.throttled]));
  return {
    temperatureC: largest(runs.map((run) => run.temperatureC)),
    throttled: throttled.length === 0 ? null : throttled.includes(true),
    energyJPerToken: median(joulesPerToken),
  };
}

/** The largest of the known values, or null without any. */
export function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
