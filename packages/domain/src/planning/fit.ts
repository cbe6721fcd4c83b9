import type { Footprint } from '../footprint/footprint.js';
import type { MemoryBudget } from './budget.js';
import type { FootprintCorrection } from '../learning/correction.js';
import { correctionBytes } from '../learning/correction.js';

/** How a footprint lies in a budget. */
export interface FitResult {
  /** Bytes over the budget of the devices; 0 when they hold it. */
  readonly deviceShortBytes: number;
  /** Bytes over the budget of the host, or of the memory that both share; 0 when it holds it. */
  readonly hostShortBytes: number;
  /** Bytes that stay free on the devices; without devices, on the host. 0 when short. */
  readonly headroomBytes: number;
  readonly overheadBytes: number;
}

/**
 * Holds a footprint against a budget, device by device. The learned correction is added once per device in use, or to
 * the host when there is no device. On unified memory devices and host must also fit together.
 */
export function fitOf(footprint: Footprint, budget: MemoryBudget, correction: FootprintCorrection | null): FitResult {
  let overheadBytes = 0;
  let deviceShortBytes = 0;
  let deviceTotal = 0;
  for (const [index, use] of footprint.devices.entries()) {
    if (use.totalBytes === 0) continue;
    const extra = correction === null ? 0 : correctionBytes(correction, use.totalBytes);
    overheadBytes += extra;
    deviceTotal += use.totalBytes + extra;
    deviceShortBytes += Math.max(0, use.totalBytes + extra - (budget.devices[index]?.usableBytes ?? 0));
  }
  let hostBytes = footprint.host.totalBytes;
  if (footprint.devices.length === 0 && correction !== null) {
    overheadBytes = correctionBytes(correction, hostBytes);
    hostBytes += overheadBytes;
  }
  const hostUsable = budget.host.usableBytes;
  const onHost = budget.unified ? hostBytes + deviceTotal : hostBytes;
  const hostShortBytes = hostUsable === null ? 0 : Math.max(0, onHost - hostUsable);
  const [used, usable] =
    footprint.devices.length === 0 ? [hostBytes, hostUsable ?? hostBytes] : [deviceTotal, budget.usableBytes];
  const short = deviceShortBytes + hostShortBytes > 0;
  return { deviceShortBytes, hostShortBytes, headroomBytes: short ? 0 : Math.max(0, usable - used), overheadBytes };
}
