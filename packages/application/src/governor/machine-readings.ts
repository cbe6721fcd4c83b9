import { HOST_DOMAIN } from '@plimsoll/domain';
import type { GpuReading, HeatReading, HostReading, MemoryReading } from '@plimsoll/domain';

/** Readings of devices and host as the governor takes them. */
export interface MachineReadings {
  readonly memory: readonly MemoryReading[];
  readonly heat: readonly HeatReading[];
  readonly hostStallShare: number | null;
}

/** A device's memory as its probe read it; the host's without what can be taken back at any time. */
export function machineReadings(devices: readonly GpuReading[], host: HostReading, nowMs: number): MachineReadings {
  const hostUsed = host.totalBytes - host.availableBytes;
  return {
    hostStallShare: host.memoryStallShare ?? null,
    memory: [
      ...devices.map(({ deviceId, atMs, totalBytes, usedBytes }) => ({
        domain: deviceId,
        atMs,
        totalBytes,
        usedBytes,
      })),
      { domain: HOST_DOMAIN, atMs: nowMs, totalBytes: host.totalBytes, usedBytes: hostUsed },
    ],
    heat: devices.map(({ deviceId, atMs, thermalThrottling, thermalMarginC, powerW }) => ({
      device: deviceId,
      atMs,
      throttling: thermalThrottling,
      marginC: thermalMarginC,
      powerW,
    })),
  };
}
