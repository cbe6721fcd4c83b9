import type { CallOptions } from './abort-signal.js';

/** How a device's memory relates to the machine's. */
export type MemoryKind = 'dedicated' | 'unified';

/** A device that can hold layers. Null is unknown. */
export interface GpuDevice {
  /** Stable id: a UUID or bus address where there is one. */
  readonly id: string;
  readonly index: number;
  readonly name: string;
  readonly vendor: 'nvidia' | 'amd' | 'apple' | 'intel' | 'other';
  readonly memory: MemoryKind;
  readonly totalBytes: number | null;
  readonly driver: string | null;
}

/** One process that holds device memory. */
export interface GpuProcess {
  readonly pid: number;
  readonly name: string | null;
  readonly usedBytes: number | null;
}

/** One look at a device. Null is unknown, never 0. */
export interface GpuReading {
  readonly deviceId: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly totalBytes: number | null;
  readonly usedBytes: number | null;
  readonly freeBytes: number | null;
  /** Busy share, 0 to 1. */
  readonly utilization: number | null;
  readonly temperatureC: number | null;
  /** Degrees left before the device slows down. */
  readonly thermalMarginC: number | null;
  /** Whether the device is slowed down by heat now. */
  readonly thermalThrottling: boolean | null;
  /** Whether it is held back by its power limit now. */
  readonly powerCapped: boolean | null;
  readonly powerW: number | null;
  readonly powerLimitW: number | null;
  /** Null when the list cannot be had. */
  readonly processes: readonly GpuProcess[] | null;
}

/** Sees the machine's devices. It never blocks, and a failing tool yields fewer devices or nulls, not an exception. */
export interface GpuProbe {
  devices(options?: CallOptions): Promise<readonly GpuDevice[]>;
  read(options?: CallOptions): Promise<readonly GpuReading[]>;
  /** Yields readings about every `intervalMs` until the loop is left or the signal aborts. */
  watch(intervalMs: number, options?: CallOptions): AsyncIterable<readonly GpuReading[]>;
  close(): Promise<void>;
}
