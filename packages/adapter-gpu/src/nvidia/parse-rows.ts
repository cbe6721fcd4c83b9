import type { GpuDevice, GpuProcess, GpuReading } from '@plimsoll/domain';
import { unknownReading } from '../unknown-reading.js';
import type { QueryColumn } from './query-fields.js';

const BYTES_PER_MIB = 1024 * 1024;

/** Devices without memory of their own: the driver answers `[N/A]` for it, and the machine's memory counts. */
const UNIFIED_MEMORY = /\b(GB10|N1X|Orin|Thor|Xavier|Tegra)\b/u;

/** One answered line. A value that the driver does not know is null. */
export type NvidiaRow = Readonly<Record<string, string | null>>;

/** Reads one line of `--format=csv,noheader,nounits`; null when it is a message and no row. */
export function parseRow(line: string, columns: readonly QueryColumn[]): NvidiaRow | null {
  const cells = line.split(', ');
  if (cells.length < columns.length) return null;
  const last = columns.length - 1;
  const values = [...cells.slice(0, last), cells.slice(last).join(', ')].map(knownValue);
  const row = Object.fromEntries(columns.map(({ key }, column) => [key, values[column] ?? null]));
  return rowDeviceId(row) === '' ? null : row;
}

/** `[N/A]`, `N/A`, `[Not Supported]`, `[Insufficient Permissions]`, `[GPU requires reset]` … mean unknown. */
function knownValue(cell: string): string | null {
  const text = cell.trim();
  return text === '' || text === 'N/A' || text.startsWith('[') ? null : text;
}

/** The device that a row is about. */
export function rowDevice(row: NvidiaRow): GpuDevice {
  const name = row['name'] ?? 'NVIDIA GPU';
  return {
    id: rowDeviceId(row),
    index: numberIn(row, 'index') ?? 0,
    name: isPartitioned(row) ? `${name} (MIG)` : name,
    vendor: 'nvidia',
    memory: UNIFIED_MEMORY.test(name) ? 'unified' : 'dedicated',
    totalBytes: memoryIn(row, 'totalMiB'),
    driver: row['driver'] ?? null,
  };
}

/** The reading that a row holds. */
export function rowReading(row: NvidiaRow, atMs: number, processes: readonly GpuProcess[] | null = null): GpuReading {
  const percent = numberIn(row, 'utilizationPercent');
  return {
    ...unknownReading(rowDeviceId(row), atMs),
    totalBytes: memoryIn(row, 'totalMiB'),
    usedBytes: memoryIn(row, 'usedMiB'),
    freeBytes: memoryIn(row, 'freeMiB'),
    utilization: percent === null ? null : percent / 100,
    temperatureC: numberIn(row, 'temperatureC'),
    thermalMarginC: numberIn(row, 'thermalMarginC'),
    thermalThrottling: anyActive(row, ['hardwareThermalSlowdown', 'softwareThermalSlowdown']),
    powerCapped: anyActive(row, ['powerCap']),
    powerW: numberIn(row, 'powerW'),
    powerLimitW: numberIn(row, 'powerLimitW'),
    processes,
  };
}

/** The UUID, or the bus address where a driver keeps it back. */
export function rowDeviceId(row: NvidiaRow): string {
  return row['uuid'] ?? row['busId'] ?? '';
}

/** A card cut into MIG instances: its figures are the whole card's, and no program gets the whole card. */
function isPartitioned(row: NvidiaRow): boolean {
  return row['mig'] === 'Enabled';
}

function memoryIn(row: NvidiaRow, key: string): number | null {
  const mebibytes = isPartitioned(row) ? null : numberIn(row, key);
  return mebibytes === null ? null : Math.round(mebibytes * BYTES_PER_MIB);
}

function numberIn(row: NvidiaRow, key: string): number | null {
  const text = row[key] ?? null;
  const value = text === null ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** True when one is active, false when all that are known are not, null when none is known. */
function anyActive(row: NvidiaRow, keys: readonly string[]): boolean | null {
  const known = keys.map((key) => row[key] ?? null).filter((value) => value !== null);
  return known.length === 0 ? null : known.includes('Active');
}

/** Processes by device from `--query-compute-apps=gpu_uuid,pid,used_gpu_memory,process_name`. */
export function parseProcesses(text: string): ReadonlyMap<string, readonly GpuProcess[]> {
  const byDevice = new Map<string, GpuProcess[]>();
  for (const line of text.split(/\r?\n/u)) {
    const [uuid, pid, used, ...name] = line.split(', ').map(knownValue);
    if (typeof uuid !== 'string' || !/^\d+$/u.test(pid ?? '')) continue;
    const mebibytes = used === null || used === undefined ? NaN : Number(used);
    const usedBytes = Number.isFinite(mebibytes) ? mebibytes * BYTES_PER_MIB : null;
    const list = byDevice.get(uuid) ?? [];
    byDevice.set(uuid, [...list, { pid: Number(pid), name: name.join(', ') || null, usedBytes }]);
  }
  return byDevice;
}
