import { existsSync } from 'node:fs';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CallOptions, Clock, GpuDevice, GpuProbe, GpuReading } from '@plimsoll/domain';
import { pollReadings } from '../poll-readings.js';
import { SYSTEM_CLOCK } from '../system-clock.js';
import { unknownReading } from '../unknown-reading.js';

const AMD = '0x1002';
const MILLI = 1e-3;
const MICRO = 1e-6;

/** AMD devices through the files of the amdgpu driver on Linux. Source: the kernel's documentation of amdgpu. */
export class AmdSysfsProbe implements GpuProbe {
  readonly #root: string;
  readonly #clock: Clock;

  /** `root` is where sysfs is mounted. */
  constructor(root = '/sys', clock: Clock = SYSTEM_CLOCK) {
    this.#root = root;
    this.#clock = clock;
  }

  async devices(): Promise<readonly GpuDevice[]> {
    const folders = await this.#cards();
    return Promise.all(folders.map(async (folder, index) => describeCard(folder, index, this.#root)));
  }

  async read(): Promise<readonly GpuReading[]> {
    const folders = await this.#cards();
    return Promise.all(folders.map(async (folder) => readCard(folder, this.#clock.nowMs())));
  }

  watch(intervalMs: number, { signal }: CallOptions = {}): AsyncIterable<readonly GpuReading[]> {
    return pollReadings(async () => this.read(), intervalMs, this.#clock, signal);
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  async #cards(): Promise<readonly string[]> {
    const drm = join(this.#root, 'class', 'drm');
    // Most machines have none: to find that out takes neither a thread nor an error.
    if (!existsSync(drm)) return [];
    const names = await readdir(drm).catch(() => []);
    const cards = names.filter((name) => /^card\d+$/u.test(name)).sort((a, b) => cardNumber(a) - cardNumber(b));
    const folders = cards.map((name) => join(drm, name, 'device'));
    const vendors = await Promise.all(folders.map(async (folder) => readText(join(folder, 'vendor'))));
    return folders.filter((_, index) => vendors[index] === AMD);
  }
}

async function describeCard(folder: string, index: number, root: string): Promise<GpuDevice> {
  const [address, product, chip, driver, memory, { totalBytes }] = await Promise.all([
    readlink(folder).catch(() => null),
    readText(join(folder, 'product_name')),
    readText(join(folder, 'device')),
    readText(join(root, 'module', 'amdgpu', 'version')),
    memoryKind(folder),
    readMemory(folder),
  ]);
  const name = product === null || product === '' ? `AMD GPU ${chip ?? ''}`.trim() : product;
  return { id: deviceId(folder, address), index, name, vendor: 'amd', memory, totalBytes, driver };
}

async function readCard(folder: string, atMs: number): Promise<GpuReading> {
  const [address, memory, busy, heat] = await Promise.all([
    readlink(folder).catch(() => null),
    readMemory(folder),
    readNumber(join(folder, 'gpu_busy_percent')),
    readHeatAndPower(folder),
  ]);
  const utilization = busy === null ? null : busy / 100;
  return { ...unknownReading(deviceId(folder, address), atMs), ...memory, utilization, ...heat };
}

/** The bus address, such as `0000:03:00.0`, that the card's link points to. */
function deviceId(folder: string, address: string | null): string {
  return address === null ? basename(join(folder, '..')) : basename(address);
}

/**
 * The driver tells how busy the memory is for cards only, not for processors with graphics
 * (`amdgpu_pm.c`, `default_attr_update`): those share the machine's memory.
 */
async function memoryKind(folder: string): Promise<GpuDevice['memory']> {
  const [gpu, memory] = await Promise.all([
    readText(join(folder, 'gpu_busy_percent')),
    readText(join(folder, 'mem_busy_percent')),
  ]);
  return gpu !== null && memory === null ? 'unified' : 'dedicated';
}

type MemoryReading = Pick<GpuReading, 'totalBytes' | 'usedBytes' | 'freeBytes'>;

/** A processor with graphics uses its carve-out and the shared part (GTT) alike; a card's GTT is the slow way home. */
async function readMemory(folder: string): Promise<MemoryReading> {
  const pools = (await memoryKind(folder)) === 'unified' ? ['vram', 'gtt'] : ['vram'];
  const sum = async (what: string): Promise<number | null> => {
    const values = await Promise.all(pools.map(async (pool) => readNumber(join(folder, `mem_info_${pool}_${what}`))));
    return values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);
  };
  const [totalBytes, usedBytes] = await Promise.all([sum('total'), sum('used')]);
  const freeBytes = totalBytes === null || usedBytes === null ? null : Math.max(totalBytes - usedBytes, 0);
  return { totalBytes, usedBytes, freeBytes };
}

type HeatReading = Pick<GpuReading, 'temperatureC' | 'thermalMarginC' | 'thermalThrottling' | 'powerW' | 'powerLimitW'>;

/** Sensors: 1 is the edge, 2 the junction, 3 the memory; the one nearest to its critical temperature decides. */
async function readHeatAndPower(folder: string): Promise<HeatReading> {
  const monitors = await readdir(join(folder, 'hwmon')).catch(() => []);
  const monitor = join(folder, 'hwmon', monitors[0] ?? 'none');
  const value = async (name: string): Promise<number | null> => readNumber(join(monitor, name));
  const margins = await Promise.all(
    [1, 2, 3].map(async (sensor) => {
      const [now, critical] = await Promise.all([value(`temp${sensor}_input`), value(`temp${sensor}_crit`)]);
      return now === null || critical === null || critical <= 0 ? [] : [(critical - now) * MILLI];
    }),
  );
  const known = margins.flat();
  const thermalMarginC = known.length === 0 ? null : Math.min(...known);
  const [edge, average, momentary, cap] = await Promise.all(
    ['temp1_input', 'power1_average', 'power1_input', 'power1_cap'].map(value),
  );
  const power = average ?? momentary ?? null;
  return {
    temperatureC: edge === null || edge === undefined ? null : edge * MILLI,
    thermalMarginC,
    // At its critical temperature a card is held back; below, the driver does not tell in these files.
    thermalThrottling: thermalMarginC !== null && thermalMarginC <= 0 ? true : null,
    powerW: power === null ? null : power * MICRO,
    powerLimitW: cap === null || cap === undefined ? null : cap * MICRO,
  };
}

async function readText(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : text.trim();
}

async function readNumber(path: string): Promise<number | null> {
  const text = await readText(path);
  return text !== null && /^-?\d+$/u.test(text) ? Number(text) : null;
}

function cardNumber(name: string): number {
  return Number(name.slice('card'.length));
}
