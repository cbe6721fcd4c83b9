import type { CallOptions, Clock, GpuDevice, GpuProbe, GpuReading } from '@plimsoll/domain';
import { pollReadings } from '../poll-readings.js';
import { runProgram } from '../process/run-program.js';
import type { RunProgram } from '../process/run-program.js';
import { SYSTEM_CLOCK } from '../system-clock.js';
import { unknownReading } from '../unknown-reading.js';
import { recommendedWorkingSetBytes } from './working-set.js';

const TIMEOUT_MS = 5000;
const DEVICE_ID = 'apple-0';

/** The graphics of Apple silicon, through `sysctl` and `ioreg`. Macs with Intel processors show nothing here. */
export class AppleProbe implements GpuProbe {
  readonly #run: RunProgram;
  readonly #clock: Clock;

  constructor(run: RunProgram = runProgram, clock: Clock = SYSTEM_CLOCK) {
    this.#run = run;
    this.#clock = clock;
  }

  async devices({ signal }: CallOptions = {}): Promise<readonly GpuDevice[]> {
    const [chip, totalBytes] = await Promise.all([
      this.#output(['sysctl', '-n', 'machdep.cpu.brand_string'], signal),
      this.#workingSetBytes(signal),
    ]);
    const name = chip?.trim() ?? '';
    if (!name.startsWith('Apple')) return [];
    return [{ id: DEVICE_ID, index: 0, name, vendor: 'apple', memory: 'unified', totalBytes, driver: null }];
  }

  async read({ signal }: CallOptions = {}): Promise<readonly GpuReading[]> {
    const [devices, registry] = await Promise.all([
      this.devices({ signal }),
      this.#output(['ioreg', '-r', '-d', '1', '-w', '0', '-c', 'IOAccelerator'], signal),
    ]);
    const { usedBytes, utilization } = parseAccelerator(registry ?? '');
    const atMs = this.#clock.nowMs();
    return devices.map(({ id, totalBytes }) => ({
      ...unknownReading(id, atMs),
      totalBytes,
      usedBytes,
      freeBytes: totalBytes === null || usedBytes === null ? null : Math.max(totalBytes - usedBytes, 0),
      utilization,
    }));
  }

  watch(intervalMs: number, { signal }: CallOptions = {}): AsyncIterable<readonly GpuReading[]> {
    return pollReadings(async () => this.read({ signal }), intervalMs, this.#clock, signal);
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  async #workingSetBytes(signal?: AbortSignal): Promise<number | null> {
    const [memory, limit] = await Promise.all([
      this.#output(['sysctl', '-n', 'hw.memsize'], signal),
      this.#output(['sysctl', '-n', 'iogpu.wired_limit_mb'], signal),
    ]);
    const bytes = wholeNumber(memory);
    return bytes === null ? null : recommendedWorkingSetBytes(bytes, wholeNumber(limit));
  }

  async #output(command: readonly string[], signal?: AbortSignal): Promise<string | null> {
    const result = await this.#run(command, { timeoutMs: TIMEOUT_MS, signal });
    return result?.code === 0 ? result.stdout : null;
  }
}

/** Figures of `ioreg -c IOAccelerator`; the value in use "(driver)" beside is another one. */
export function parseAccelerator(text: string): Pick<GpuReading, 'usedBytes' | 'utilization'> {
  const used = /"In use system memory"=(\d+)/u.exec(text)?.[1];
  const busy = /"Device Utilization %"=(\d+)/u.exec(text)?.[1];
  return {
    usedBytes: used === undefined ? null : Number(used),
    utilization: busy === undefined ? null : Number(busy) / 100,
  };
}

function wholeNumber(text: string | null): number | null {
  const trimmed = text?.trim() ?? '';
  return /^\d+$/u.test(trimmed) ? Number(trimmed) : null;
}
