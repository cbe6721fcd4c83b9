import type { CallOptions, Clock, GpuDevice, GpuProbe, GpuReading } from '@plimsoll/domain';
import { pollReadings } from '../poll-readings.js';
import { SYSTEM_CLOCK } from '../system-clock.js';
import { unknownReading } from '../unknown-reading.js';

/** A device as an inference engine lists it, for example over Vulkan. */
export interface EngineDevice {
  readonly name: string;
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
  /** Whether it uses the machine's memory; null when the engine does not tell. */
  readonly unified?: boolean | null | undefined;
}

/** Lists the devices that an engine sees. */
export type ListEngineDevices = () => Promise<readonly EngineDevice[]>;

/** Drivers that compute on the processor: nothing is gained by calling them devices. */
const SOFTWARE = /llvmpipe|swiftshader|lavapipe|softpipe/iu;

const VENDORS: readonly (readonly [RegExp, GpuDevice['vendor']])[] = [
  [/nvidia|geforce|quadro|tesla|\bRTX\b|\bGTX\b/iu, 'nvidia'],
  [/amd|radeon|radv|instinct/iu, 'amd'],
  [/apple/iu, 'apple'],
  [/intel|\barc\b|iris|uhd graphics/iu, 'intel'],
];

/** Devices that only an inference engine knows, such as Intel's: their memory and nothing else. */
export class EngineProbe implements GpuProbe {
  readonly #list: ListEngineDevices;
  readonly #clock: Clock;
  readonly #includeSoftware: boolean;

  constructor(list: ListEngineDevices, options: { readonly clock?: Clock; readonly includeSoftware?: boolean } = {}) {
    this.#list = list;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#includeSoftware = options.includeSoftware ?? false;
  }

  async devices(): Promise<readonly GpuDevice[]> {
    return (await this.#hardware()).map(({ name, totalBytes, unified }, index) => ({
      id: engineDeviceId(index),
      index,
      name,
      vendor: VENDORS.find(([pattern]) => pattern.test(name))?.[1] ?? 'other',
      memory: unified === true ? 'unified' : 'dedicated',
      totalBytes,
      driver: null,
    }));
  }

  async read(): Promise<readonly GpuReading[]> {
    const atMs = this.#clock.nowMs();
    return (await this.#hardware()).map(({ totalBytes, freeBytes }, index) => ({
      ...unknownReading(engineDeviceId(index), atMs),
      totalBytes,
      freeBytes,
      usedBytes: totalBytes === null || freeBytes === null ? null : Math.max(totalBytes - freeBytes, 0),
    }));
  }

  watch(intervalMs: number, { signal }: CallOptions = {}): AsyncIterable<readonly GpuReading[]> {
    return pollReadings(async () => this.read(), intervalMs, this.#clock, signal);
  }

  async close(): Promise<void> {
    // The engine belongs to its owner.
  }

  async #hardware(): Promise<readonly EngineDevice[]> {
    const devices = await this.#list().catch(() => []);
    return devices.filter(({ name }) => this.#includeSoftware || !SOFTWARE.test(name));
  }
}

function engineDeviceId(index: number): string {
  return `engine-${index}`;
}
