import type { HostProbe, HostReading } from '@plimsoll/domain';

/** A host that is always the same: 16 GiB, 12 of them available, unless a test says otherwise. */
export class FixedHostProbe implements HostProbe {
  readonly #reading: HostReading;

  constructor(reading: Partial<HostReading> = {}) {
    this.#reading = {
      totalBytes: 16 * 1024 ** 3,
      availableBytes: 12 * 1024 ** 3,
      processorName: 'Test processor',
      processors: 4,
      platform: 'linux-x64',
      memoryBandwidth: null,
      ...reading,
    };
  }

  async read(): Promise<HostReading> {
    return this.#reading;
  }

  async machineId(): Promise<string> {
    return 'test-machine';
  }
}
