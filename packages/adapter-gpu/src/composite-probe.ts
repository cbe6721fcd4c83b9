import type { CallOptions, Clock, GpuDevice, GpuProbe, GpuReading, HostProbe } from '@plimsoll/domain';
import { pollReadings } from './poll-readings.js';
import { SYSTEM_CLOCK } from './system-clock.js';

/** Which probes look at what. */
export interface CompositeProbeOptions {
  /** In each group the first probe that finds devices speaks for the group. */
  readonly groups: readonly (readonly GpuProbe[])[];
  /** Asked for devices of vendors that no group has found. */
  readonly fallback?: GpuProbe | undefined;
  /** Tells the memory of devices that share the machine's and do not know it. */
  readonly host?: HostProbe | undefined;
  readonly clock?: Clock | undefined;
}

interface Found {
  readonly devices: readonly GpuDevice[];
  readonly speakers: readonly GpuProbe[];
}

/** All devices of a machine from several probes, each device once. */
export class CompositeProbe implements GpuProbe {
  readonly #options: CompositeProbeOptions;
  readonly #clock: Clock;

  constructor(options: CompositeProbeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
  }

  async devices(options: CallOptions = {}): Promise<readonly GpuDevice[]> {
    const { devices } = await this.#find(options);
    const shared = await this.#hostMemory(devices);
    return devices.map((device, index) => ({
      ...device,
      index,
      totalBytes: device.totalBytes ?? (device.memory === 'unified' ? (shared?.totalBytes ?? null) : null),
    }));
  }

  async read(options: CallOptions = {}): Promise<readonly GpuReading[]> {
    const { devices, speakers } = await this.#find(options);
    const readings = (await Promise.all(speakers.map(async (probe) => probe.read(options).catch(() => [])))).flat();
    return this.#complete(devices, readings);
  }

  async *watch(intervalMs: number, options: CallOptions = {}): AsyncIterable<readonly GpuReading[]> {
    const { devices, speakers } = await this.#find(options);
    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    options.signal?.addEventListener('abort', stop);
    // Every probe watches in its own way; what each saw last is put together at every interval.
    const latest = new Map<GpuProbe, readonly GpuReading[]>();
    const watching = speakers.map(async (probe) => {
      for await (const readings of probe.watch(intervalMs, { signal: stopping.signal })) latest.set(probe, readings);
    });
    const look = async (): Promise<readonly GpuReading[]> => {
      for (const probe of speakers) {
        if (!latest.has(probe)) latest.set(probe, await probe.read(options).catch(() => []));
      }
      return this.#complete(devices, [...latest.values()].flat());
    };
    try {
      yield* pollReadings(look, intervalMs, this.#clock, options.signal);
    } finally {
      options.signal?.removeEventListener('abort', stop);
      stop();
      await Promise.allSettled(watching);
    }
  }

  async close(): Promise<void> {
    const { groups, fallback } = this.#options;
    const probes = [...groups.flat(), ...(fallback === undefined ? [] : [fallback])];
    await Promise.allSettled(probes.map(async (probe) => probe.close()));
  }

  async #find(options: CallOptions): Promise<Found> {
    const { groups, fallback } = this.#options;
    const found = await Promise.all(groups.map(async (group) => firstWithDevices(group, options)));
    const devices = found.flatMap((one) => one.devices);
    const speakers = found.flatMap((one) => one.speakers);
    if (fallback === undefined) return { devices, speakers };
    const vendors = new Set(devices.map(({ vendor }) => vendor));
    const more = (await fallback.devices(options).catch(() => [])).filter(({ vendor }) => !vendors.has(vendor));
    return more.length === 0
      ? { devices, speakers }
      : { devices: [...devices, ...more], speakers: [...speakers, fallback] };
  }

  /** Keeps the readings of listed devices, and gives devices without memory of their own the machine's. */
  async #complete(devices: readonly GpuDevice[], readings: readonly GpuReading[]): Promise<readonly GpuReading[]> {
    const shared = await this.#hostMemory(devices);
    const byId = new Map(devices.map((device) => [device.id, device]));
    return readings.flatMap((reading) => {
      const device = byId.get(reading.deviceId);
      if (device === undefined) return [];
      if (shared === null || device.memory !== 'unified' || reading.totalBytes !== null) return [reading];
      const { totalBytes, availableBytes } = shared;
      return [{ ...reading, totalBytes, freeBytes: availableBytes, usedBytes: totalBytes - availableBytes }];
    });
  }

  async #hostMemory(
    devices: readonly GpuDevice[],
  ): Promise<{ readonly totalBytes: number; readonly availableBytes: number } | null> {
    const needed = devices.some(({ memory, totalBytes }) => memory === 'unified' && totalBytes === null);
    return needed ? ((await this.#options.host?.read().catch(() => null)) ?? null) : null;
  }
}

async function firstWithDevices(group: readonly GpuProbe[], options: CallOptions): Promise<Found> {
  for (const probe of group) {
    const devices = await probe.devices(options).catch(() => []);
    if (devices.length > 0) return { devices, speakers: [probe] };
  }
  return { devices: [], speakers: [] };
}
