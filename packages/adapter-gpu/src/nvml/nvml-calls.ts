import type { NvmlArgument, NvmlLibrary } from './nvml-library.js';

/** Handle of a device inside the library. */
export type NvmlHandle = bigint;

/** Memory of a device in bytes. */
export interface NvmlMemory {
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
}

/** Text that a function writes, or null. */
export async function readText(
  library: NvmlLibrary,
  name: string,
  before: readonly NvmlArgument[],
): Promise<string | null> {
  const text = new Uint8Array(128);
  if (!(await library.call(name, ...before, text, text.length))) return null;
  const end = text.indexOf(0);
  return new TextDecoder().decode(text.subarray(0, end === -1 ? text.length : end));
}

/** A 32-bit number that a function writes, or null. */
export async function readNumber(
  library: NvmlLibrary,
  name: string,
  ...before: readonly NvmlArgument[]
): Promise<number | null> {
  const memory = new Uint8Array(4);
  return (await library.call(name, ...before, memory)) ? viewOf(memory).getUint32(0, true) : null;
}

/** A 64-bit number that a function writes, or null. */
export async function readBigNumber(
  library: NvmlLibrary,
  name: string,
  ...before: readonly NvmlArgument[]
): Promise<bigint | null> {
  const memory = new Uint8Array(8);
  return (await library.call(name, ...before, memory)) ? viewOf(memory).getBigUint64(0, true) : null;
}

/** First of two 32-bit numbers that a function writes into one structure, or null. */
export async function readFirstOfPair(library: NvmlLibrary, name: string, handle: NvmlHandle): Promise<number | null> {
  const memory = new Uint8Array(8);
  return (await library.call(name, handle, memory)) ? viewOf(memory).getUint32(0, true) : null;
}

/** Current MIG mode: 1 is on, 0 is off, null is not possible. */
export async function readMigMode(library: NvmlLibrary, handle: NvmlHandle): Promise<number | null> {
  const current = new Uint8Array(4);
  const pending = new Uint8Array(4);
  const known = await library.call('nvmlDeviceGetMigMode', handle, current, pending);
  return known ? viewOf(current).getUint32(0, true) : null;
}

/**
 * Memory by `nvmlMemory_v2_t` {version, total, reserved, free, used}, which does not count the driver's reserve as
 * used, or by the older `nvmlMemory_t` {total, free, used}.
 */
export async function readMemory(library: NvmlLibrary, handle: NvmlHandle): Promise<NvmlMemory | null> {
  const second = new Uint8Array(40);
  viewOf(second).setUint32(0, versionOf(second.length, 2), true);
  if (await library.call('nvmlDeviceGetMemoryInfo_v2', handle, second)) return memoryAt(second, [8, 24, 32]);
  const first = new Uint8Array(24);
  return (await library.call('nvmlDeviceGetMemoryInfo', handle, first)) ? memoryAt(first, [0, 8, 16]) : null;
}

function memoryAt(memory: Uint8Array, [total, free, used]: readonly [number, number, number]): NvmlMemory {
  const view = viewOf(memory);
  const at = (offset: number): number => Number(view.getBigUint64(offset, true));
  return { totalBytes: at(total), freeBytes: at(free), usedBytes: at(used) };
}

/** Degrees left before slowdown by `nvmlMarginTemperature_v1_t` {version, margin}; null before driver 565. */
export async function readMargin(library: NvmlLibrary, handle: NvmlHandle): Promise<number | null> {
  const memory = new Uint8Array(8);
  viewOf(memory).setUint32(0, versionOf(memory.length, 1), true);
  const known = await library.call('nvmlDeviceGetMarginTemperature', handle, memory);
  return known ? viewOf(memory).getInt32(4, true) : null;
}

/** Processes by `nvmlProcessInfo_t` {pid, usedGpuMemory, gpuInstanceId, computeInstanceId}; null when not told. */
export async function readProcesses(
  library: NvmlLibrary,
  handle: NvmlHandle,
): Promise<readonly { readonly pid: number; readonly usedBytes: number | null }[] | null> {
  const size = 24;
  const room = 256;
  const count = new Uint8Array(4);
  viewOf(count).setUint32(0, room, true);
  const list = new Uint8Array(size * room);
  if (!(await library.call('nvmlDeviceGetComputeRunningProcesses_v3', handle, count, list))) return null;
  const view = viewOf(list);
  return Array.from({ length: viewOf(count).getUint32(0, true) }, (_, index) => {
    const bytes = view.getBigUint64(index * size + 8, true);
    // All bits set is the library's "not available", as on Windows.
    const usedBytes = bytes === 0xffffffffffffffffn ? null : Number(bytes);
    return { pid: view.getUint32(index * size, true), usedBytes };
  });
}

function versionOf(bytes: number, version: number): number {
  return bytes | (version << 24);
}

function viewOf(memory: Uint8Array): DataView {
  return new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
}
