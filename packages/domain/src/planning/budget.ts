import type { MemoryKind } from '../ports/gpu-probe.port.js';

/** A memory as it was found or assumed. Null is unknown. */
export interface MemoryFound {
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
}

/** A device whose memory is to be planned with. */
export interface DeviceFound extends MemoryFound {
  readonly name: string;
  readonly memory: MemoryKind;
}

/** What goes into a budget. */
export interface BudgetInput {
  readonly devices: readonly DeviceFound[];
  /** The machine's own memory. */
  readonly host: MemoryFound;
  /** Share of each memory that is left free, 0 to 1. */
  readonly marginFraction: number;
  /** Cap on the memory of all devices together, the founding `gpu_memory_limit_mb`; null is no cap. */
  readonly limitBytes: number | null;
}

/** How much of a device may be used. */
export interface DeviceBudget {
  readonly name: string;
  readonly memory: MemoryKind;
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
  readonly marginBytes: number;
  /** 0 when nothing is known about the device. */
  readonly usableBytes: number;
}

/** How much of the machine may be used. */
export interface MemoryBudget {
  readonly devices: readonly DeviceBudget[];
  /** `usableBytes` is null when nothing is known: the host is then taken to be large enough. */
  readonly host: {
    readonly totalBytes: number | null;
    readonly freeBytes: number | null;
    readonly usableBytes: number | null;
  };
  /** Of all devices together; without any, of the host (0 when unknown). */
  readonly usableBytes: number;
  readonly marginBytes: number;
  /** Whether devices and host draw on one memory: their bytes then add up against the host's too. */
  readonly unified: boolean;
}

/**
 * Share of a unified memory that the system lets a GPU hold. Apple's recommended working set: about two thirds up to
 * 36 GiB, three quarters above (Metal's `recommendedMaxWorkingSetSize`, as observed; it can be raised by the user).
 */
function workingSetShare(totalBytes: number): number {
  return totalBytes <= 36 * 1024 ** 3 ? 2 / 3 : 3 / 4;
}

/**
 * Bytes that may be used: what is free (or else the total) less the margin, capped by the limit. The margin is a share
 * of the total, so that it also holds on a card that others use. A device of which nothing is known gives nothing.
 */
export function memoryBudget(input: BudgetInput): MemoryBudget {
  const margin = Math.min(1, Math.max(0, input.marginFraction));
  const uncapped = input.devices.map((device) => deviceBudget(device, margin));
  const all = sum(uncapped.map(({ usableBytes }) => usableBytes));
  const scale = input.limitBytes === null || all <= input.limitBytes ? 1 : Math.max(0, input.limitBytes) / all;
  const devices = uncapped.map((device) => ({ ...device, usableBytes: Math.floor(device.usableBytes * scale) }));
  const hostBase = input.host.freeBytes ?? input.host.totalBytes;
  const hostMargin = Math.ceil((input.host.totalBytes ?? hostBase ?? 0) * margin);
  const hostUsable = hostBase === null ? null : Math.max(0, hostBase - hostMargin);
  return {
    devices,
    host: { totalBytes: input.host.totalBytes, freeBytes: input.host.freeBytes, usableBytes: hostUsable },
    usableBytes: devices.length > 0 ? sum(devices.map(({ usableBytes }) => usableBytes)) : (hostUsable ?? 0),
    marginBytes: devices.length > 0 ? sum(devices.map(({ marginBytes }) => marginBytes)) : hostMargin,
    unified: devices.some(({ memory }) => memory === 'unified'),
  };
}

function deviceBudget(device: DeviceFound, margin: number): DeviceBudget {
  const { name, memory, totalBytes, freeBytes } = device;
  const total = totalBytes ?? freeBytes ?? 0;
  const holdable = memory === 'unified' ? Math.floor(total * workingSetShare(total)) : total;
  const marginBytes = Math.ceil(holdable * margin);
  const usableBytes = Math.max(0, Math.min(freeBytes ?? holdable, holdable) - marginBytes);
  return { name, memory, totalBytes, freeBytes, marginBytes, usableBytes };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
