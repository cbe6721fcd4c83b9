import type { CallOptions, Clock, GpuProbe, GpuReading } from '@plimsoll/domain';

/** What a device showed while something ran. Null is unknown. */
export interface DeviceTrace {
  /** Hottest temperature seen, °C. */
  readonly temperatureC: number | null;
  /** Whether heat slowed a device at any moment. */
  readonly throttled: boolean | null;
  /** Energy of all devices that tell their power, joules. */
  readonly energyJ: number | null;
}

/** Often enough to see a device throttle within a short run, and cheap. */
const INTERVAL_MS = 500;

/** Does the work and looks at the devices all the while, and once more when it is done. */
export async function watchDevices<Result>(
  { gpu, clock }: { readonly gpu: GpuProbe; readonly clock: Clock },
  work: () => Promise<Result>,
  options: CallOptions,
): Promise<{ readonly result: Result; readonly trace: DeviceTrace }> {
  const readings: GpuReading[] = [];
  const stop = new AbortController();
  const watching = collect(gpu, readings, stop.signal);
  const startMs = clock.nowMs();
  let endMs: number;
  let result: Result;
  try {
    result = await work();
  } finally {
    endMs = clock.nowMs();
    stop.abort();
    await watching;
  }
  readings.push(...(await gpu.read(options)));
  return { result, trace: traceOf(readings, startMs, endMs) };
}

/** A probe that fails costs the trace, not the run. */
async function collect(gpu: GpuProbe, readings: GpuReading[], signal: AbortSignal): Promise<void> {
  try {
    for await (const look of gpu.watch(INTERVAL_MS, { signal })) {
      if (signal.aborted) return;
      readings.push(...look);
    }
  } catch {
    return;
  }
}

/** Sums the readings between two moments, milliseconds since 1970. */
export function traceOf(readings: readonly GpuReading[], startMs: number, endMs: number): DeviceTrace {
  const temperatures = readings.flatMap(({ temperatureC }) => (temperatureC === null ? [] : [temperatureC]));
  const throttling = readings.flatMap((reading) =>
    reading.thermalThrottling === null ? [] : [reading.thermalThrottling],
  );
  const devices = [...new Set(readings.map(({ deviceId }) => deviceId))];
  const energies = devices.flatMap((id) => {
    const energyJ = energyOf(
      readings.filter(({ deviceId }) => deviceId === id),
      startMs,
      endMs,
    );
    return energyJ === null ? [] : [energyJ];
  });
  return {
    temperatureC: temperatures.length === 0 ? null : Math.max(...temperatures),
    throttled: throttling.length === 0 ? null : throttling.includes(true),
    energyJ: energies.length === 0 ? null : energies.reduce((sum, energyJ) => sum + energyJ, 0),
  };
}

/** Power by the trapezoidal rule; before the first and after the last reading it is taken to stay as it was. */
function energyOf(readings: readonly GpuReading[], startMs: number, endMs: number): number | null {
  const known = readings
    .flatMap(({ atMs, powerW }) =>
      powerW === null ? [] : [{ atMs: Math.min(endMs, Math.max(startMs, atMs)), powerW }],
    )
    .sort((a, b) => a.atMs - b.atMs);
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined) return null;
  let wattMs = first.powerW * (first.atMs - startMs) + last.powerW * (endMs - last.atMs);
  for (const [index, { atMs, powerW }] of known.entries()) {
    const before = known[index - 1];
    if (before !== undefined) wattMs += ((powerW + before.powerW) / 2) * (atMs - before.atMs);
  }
  return wattMs / 1000;
}
