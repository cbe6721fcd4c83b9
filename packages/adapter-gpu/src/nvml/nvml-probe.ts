import type { CallOptions, Clock, GpuDevice, GpuProbe, GpuProcess, GpuReading } from '@plimsoll/domain';
import { pollReadings } from '../poll-readings.js';
import { SYSTEM_CLOCK } from '../system-clock.js';
import { unknownReading } from '../unknown-reading.js';
import {
  readBigNumber,
  readFirstOfPair,
  readMargin,
  readMemory,
  readMigMode,
  readNumber,
  readProcesses,
  readText,
} from './nvml-calls.js';
import type { NvmlHandle } from './nvml-calls.js';
import { openNvml } from './nvml-library.js';
import type { NvmlLibrary } from './nvml-library.js';
import { throttleReasons } from './throttle-reasons.js';

const CORE_SENSOR = 0;
const SLOWDOWN_THRESHOLD = 1;
const PROCESSES_MS = 30_000;

interface OpenDevice {
  readonly device: GpuDevice;
  readonly handle: NvmlHandle;
  /** The whole card: the same handle unless this is a MIG instance, which has no sensors of its own. */
  readonly card: NvmlHandle;
}

/** NVIDIA devices, MIG instances included, through the management library: microseconds a look, no process. */
export class NvmlProbe implements GpuProbe {
  readonly #open: () => Promise<NvmlLibrary | null>;
  readonly #clock: Clock;
  #library: NvmlLibrary | null = null;
  #devices: Promise<readonly OpenDevice[]> | null = null;
  readonly #processes = new Map<string, readonly GpuProcess[] | null>();
  #nextProcessesMs = 0;

  constructor(open: () => Promise<NvmlLibrary | null> = openNvml, clock: Clock = SYSTEM_CLOCK) {
    this.#open = open;
    this.#clock = clock;
  }

  async devices(): Promise<readonly GpuDevice[]> {
    return (await this.#opened()).map(({ device }) => device);
  }

  async read(): Promise<readonly GpuReading[]> {
    const [devices, library] = [await this.#opened(), this.#library];
    if (library === null) return [];
    await this.#listProcesses(library, devices);
    return Promise.all(devices.map(async (device) => this.#look(library, device)));
  }

  watch(intervalMs: number, { signal }: CallOptions = {}): AsyncIterable<readonly GpuReading[]> {
    return pollReadings(async () => this.read(), intervalMs, this.#clock, signal);
  }

  async close(): Promise<void> {
    if (this.#devices !== null) await this.#library?.call('nvmlShutdown');
    this.#devices = null;
    this.#library = null;
  }

  async #opened(): Promise<readonly OpenDevice[]> {
    this.#devices ??= this.#openDevices();
    return this.#devices;
  }

  async #openDevices(): Promise<readonly OpenDevice[]> {
    const library = await this.#open();
    if (library === null || !(await library.call('nvmlInit_v2'))) return [];
    this.#library = library;
    const driver = await readText(library, 'nvmlSystemGetDriverVersion', []);
    const count = (await readNumber(library, 'nvmlDeviceGetCount_v2')) ?? 0;
    const devices: OpenDevice[] = [];
    for (let card = 0; card < count; card++) {
      const handle = await readBigNumber(library, 'nvmlDeviceGetHandleByIndex_v2', card);
      if (handle === null) continue;
      const parts = (await readMigMode(library, handle)) === 1 ? await migInstances(library, handle) : [handle];
      for (const part of parts) {
        const device = await describe(library, part, devices.length, driver);
        devices.push({ device, handle: part, card: handle });
      }
    }
    return devices;
  }

  async #look(library: NvmlLibrary, { device, handle, card }: OpenDevice): Promise<GpuReading> {
    const [memory, percent, temperatureC, margin, slowdownC, reasons, powerMw, limitMw] = await Promise.all([
      readMemory(library, handle),
      readFirstOfPair(library, 'nvmlDeviceGetUtilizationRates', handle),
      readNumber(library, 'nvmlDeviceGetTemperature', card, CORE_SENSOR),
      readMargin(library, card),
      readNumber(library, 'nvmlDeviceGetTemperatureThreshold', card, SLOWDOWN_THRESHOLD),
      readBigNumber(library, 'nvmlDeviceGetCurrentClocksThrottleReasons', card),
      readNumber(library, 'nvmlDeviceGetPowerUsage', card),
      readNumber(library, 'nvmlDeviceGetEnforcedPowerLimit', card),
    ]);
    const toSlowdown = temperatureC === null || slowdownC === null ? null : slowdownC - temperatureC;
    return {
      ...unknownReading(device.id, this.#clock.nowMs()),
      totalBytes: memory?.totalBytes ?? null,
      usedBytes: memory?.usedBytes ?? null,
      freeBytes: memory?.freeBytes ?? null,
      utilization: percent === null ? null : percent / 100,
      temperatureC,
      thermalMarginC: margin ?? toSlowdown,
      ...throttleReasons(reasons),
      powerW: powerMw === null ? null : powerMw / 1000,
      powerLimitW: limitMw === null ? null : limitMw / 1000,
      processes: this.#processes.get(device.id) ?? null,
    };
  }

  /** Listing processes is slow in the driver, so it is done rarely. */
  async #listProcesses(library: NvmlLibrary, devices: readonly OpenDevice[]): Promise<void> {
    if (this.#clock.monotonicMs() < this.#nextProcessesMs) return;
    this.#nextProcessesMs = this.#clock.monotonicMs() + PROCESSES_MS;
    for (const { device, handle } of devices) {
      const found = await readProcesses(library, handle);
      this.#processes.set(device.id, found?.map((process) => ({ ...process, name: null })) ?? null);
    }
  }
}

async function migInstances(library: NvmlLibrary, card: NvmlHandle): Promise<readonly NvmlHandle[]> {
  const most = (await readNumber(library, 'nvmlDeviceGetMaxMigDeviceCount', card)) ?? 0;
  const found: NvmlHandle[] = [];
  for (let index = 0; index < most; index++) {
    const handle = await readBigNumber(library, 'nvmlDeviceGetMigDeviceHandleByIndex', card, index);
    if (handle !== null) found.push(handle);
  }
  return found;
}

async function describe(
  library: NvmlLibrary,
  handle: NvmlHandle,
  index: number,
  driver: string | null,
): Promise<GpuDevice> {
  const [name, uuid, memory] = await Promise.all([
    readText(library, 'nvmlDeviceGetName', [handle]),
    readText(library, 'nvmlDeviceGetUUID', [handle]),
    readMemory(library, handle),
  ]);
  return {
    id: uuid ?? `nvidia-${index}`,
    index,
    name: name ?? 'NVIDIA GPU',
    vendor: 'nvidia',
    // Devices that share the machine's memory answer "not supported" when asked for theirs.
    memory: memory === null ? 'unified' : 'dedicated',
    totalBytes: memory?.totalBytes ?? null,
    driver,
  };
}
