import type { CallOptions, GpuDevice, GpuProbe, GpuReading } from '@plimsoll/domain';
import { pollReadings } from './poll-readings.js';
import { SYSTEM_CLOCK } from './system-clock.js';

/** A machine without devices, or a user who wants none used. */
export class NoGpuProbe implements GpuProbe {
  async devices(): Promise<readonly GpuDevice[]> {
    return [];
  }

  async read(): Promise<readonly GpuReading[]> {
    return [];
  }

  watch(intervalMs: number, { signal }: CallOptions = {}): AsyncIterable<readonly GpuReading[]> {
    return pollReadings(async () => [], intervalMs, SYSTEM_CLOCK, signal);
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}
