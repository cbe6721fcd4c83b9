import type { GpuDevice, MemoryKind } from '../ports/gpu-probe.port.js';
import type { ProcessorKind } from './processor-kind.js';
import { processorKind } from './processor-kind.js';

/** What is fixed about a kind of device. Null is unknown or not stated by the vendor. */
export interface DeviceProfile {
  /** As the vendor sells it, without the vendor's name. */
  readonly name: string;
  readonly vendor: GpuDevice['vendor'];
  readonly memory: MemoryKind;
  readonly kind: ProcessorKind;
  /** Sizes it is sold with, bytes, ascending. */
  readonly memoryOptionsBytes: readonly number[];
  /** Peak memory bandwidth in bytes per second. */
  readonly bandwidthBytesPerSecond: number | null;
  /**
   * Peak half-precision throughput in 1e12 operations per second: dense matrix units with 32-bit accumulation where
   * the device has them, else vector units. Without sparsity.
   */
  readonly fp16Tflops: number | null;
  /** Other names, such as a driver's. */
  readonly aliases: readonly string[];
  /** Where the figures come from. */
  readonly source: string;
}

const GIBIBYTE = 1024 ** 3;

/**
 * One line of a table: name, memory sizes in GiB (what is sold as "8 GB" is 8 GiB), bandwidth in GB/s (1e9 bytes),
 * FP16 TFLOPS, other names.
 */
export type DeviceRow = readonly [
  name: string,
  memoryGiB: number | readonly number[],
  bandwidthGBs: number | null,
  fp16Tflops: number | null,
  ...aliases: string[],
];

/** Devices that share vendor, kind of memory and source. */
export interface DeviceFamily {
  readonly vendor: GpuDevice['vendor'];
  readonly memory: MemoryKind;
  readonly source: string;
  readonly rows: readonly DeviceRow[];
}

/** A family as the tables state it. */
export function deviceFamily(
  vendor: GpuDevice['vendor'],
  memory: MemoryKind,
  source: string,
  rows: readonly DeviceRow[],
): DeviceFamily {
  return { vendor, memory, source, rows };
}

/** The profiles of a family. */
export function profilesOf({ vendor, memory, source, rows }: DeviceFamily): readonly DeviceProfile[] {
  return rows.map(([name, memoryGiB, bandwidthGBs, fp16Tflops, ...aliases]) => ({
    name,
    vendor,
    memory,
    // Looked up by those who ask: most programs that look a name up ask for no kind.
    get kind() {
      return processorKind(vendor, name);
    },
    memoryOptionsBytes: (typeof memoryGiB === 'number' ? [memoryGiB] : memoryGiB).map((size) => size * GIBIBYTE),
    bandwidthBytesPerSecond: bandwidthGBs === null ? null : bandwidthGBs * 1e9,
    fp16Tflops,
    aliases,
    source,
  }));
}
