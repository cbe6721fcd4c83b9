import type { CallOptions, GpuDevice, GpuProbe, GpuReading, HostProbe, HostReading } from '@plimsoll/domain';

/** The machine as it is now. */
export interface MachineState {
  readonly host: HostReading;
  readonly devices: readonly { readonly device: GpuDevice; readonly reading: GpuReading | null }[];
}

/** Reads devices, their state, and the machine itself. */
export class ReadDevices {
  readonly #gpu: GpuProbe;
  readonly #host: HostProbe;

  constructor(gpu: GpuProbe, host: HostProbe) {
    this.#gpu = gpu;
    this.#host = host;
  }

  async read(options?: CallOptions): Promise<MachineState> {
    const [host, devices, readings] = await Promise.all([
      this.#host.read(),
      this.#gpu.devices(options),
      this.#gpu.read(options),
    ]);
    return { host, devices: join(devices, readings) };
  }

  /** The machine without its devices, for a plan of other devices: those here are not asked. */
  async readHost(): Promise<MachineState> {
    return { host: await this.#host.read(), devices: [] };
  }

  /** Yields the state about every `intervalMs` until the loop is left. */
  async *watch(intervalMs: number, options?: CallOptions): AsyncIterable<MachineState> {
    const devices = await this.#gpu.devices(options);
    for await (const readings of this.#gpu.watch(intervalMs, options)) {
      yield { host: await this.#host.read(), devices: join(devices, readings) };
    }
  }
}

const join = (devices: readonly GpuDevice[], readings: readonly GpuReading[]): MachineState['devices'] =>
  devices.map((device) => ({
    device,
    reading: readings.find(({ deviceId }) => deviceId === device.id) ?? null,
  }));
