import type { GpuReading } from '@plimsoll/domain';

/** A reading of which nothing is known but when it was tried. */
export function unknownReading(deviceId: string, atMs: number): GpuReading {
  return {
    deviceId,
    atMs,
    totalBytes: null,
    usedBytes: null,
    freeBytes: null,
    utilization: null,
    temperatureC: null,
    thermalMarginC: null,
    thermalThrottling: null,
    powerCapped: null,
    powerW: null,
    powerLimitW: null,
    processes: null,
  };
}
