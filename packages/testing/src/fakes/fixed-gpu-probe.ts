import type { CallOptions, GpuDevice, GpuProbe, GpuReading } from '@plimsoll/domain';

/** A probe that sees the devices a test gives it; `readings` may be replaced while it runs. */
export class FixedGpuProbe implements GpuProbe {
  readonly #devices: readonly GpuDevice[];
  /** What the next look shows. */
  readings: readonly GpuReading[];

  constructor(devices: readonly GpuDevice[] = [], readings: readonly GpuReading[] = []) {
    this.#devices = devices;
    this.readings = readings;
  }

  async devices(): Promise<readonly GpuDevice[]> {
    return this.#devices;
  }

  async read(): Promise<readonly GpuReading[]> {
    return this.readings;
  }

  async *watch(_intervalMs: number, options?: CallOptions): AsyncIterable<readonly GpuReading[]> {
    while (!options?.signal?.aborted) {
      yield this.readings;
      // Others get their turn, as they do while a real probe waits.
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
    }
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}

/** A reading of which only the interesting fields are given; the rest is unknown. */
export function gpuReading(known: Partial<GpuReading> & { readonly deviceId: string }): GpuReading {
  return {
    atMs: 0,
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
    ...known,
  };
}
