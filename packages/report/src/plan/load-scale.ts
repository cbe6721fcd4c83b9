import type { Plan, PlanCandidate } from '@plimsoll/domain';

/** The bytes axis of a load chart. */
export interface LoadScale {
  /** Bytes at the right edge; bars that are longer are cut there. */
  readonly mostBytes: number;
  /** Round numbers of bytes to mark, 0 left out. */
  readonly ticks: readonly number[];
}

/** The memory that bars are held against. */
export interface LoadLine {
  readonly memory: 'device' | 'host';
  /** Usable bytes; null when the host's are not known. */
  readonly usableBytes: number | null;
}

/** Where the load line of a plan lies: the devices' usable memory, or the host's where no device is used. */
export function loadLine({ budget }: Plan): LoadLine {
  const hasDevice = budget.devices.some(({ usableBytes }) => usableBytes > 0);
  return hasDevice
    ? { memory: 'device', usableBytes: budget.usableBytes }
    : { memory: 'host', usableBytes: budget.host.usableBytes };
}

/** Bytes in the memory of the load line, the learned correction included. */
export function loadBytes({ footprint, overheadBytes }: PlanCandidate, { memory }: LoadLine): number {
  if (memory === 'host') return footprint.host.totalBytes + overheadBytes;
  const devices = footprint.devices.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
  return footprint.devices.length === 0 ? 0 : devices + overheadBytes;
}

/** Ticks that fit beside each other. */
const MOST_TICKS = 6;

/** How far beyond the load line the scale goes at most: a huge overload would press all others together. */
const MOST_OVERLOAD = 2.5;

/** A scale that holds the line, the bars that matter beside it, and a little more. */
export function loadScale(plan: Plan, line: LoadLine): LoadScale {
  const usable = line.usableBytes ?? 0;
  const ends = plan.candidates.map((candidate) =>
    Math.max(
      loadBytes(candidate, line),
      candidate.fit === 'partial' ? usable + candidate.shortBytes : 0,
      candidate.footprint.host.totalBytes,
    ),
  );
  const enough = Math.max(usable * MOST_OVERLOAD, Math.min(...ends) * 1.1);
  const mostBytes =
    Math.max(usable, Math.min(Math.max(...ends), usable === 0 ? Number.POSITIVE_INFINITY : enough), 1) * 1.04;
  let step = 2 ** Math.floor(Math.log2(mostBytes / MOST_TICKS));
  if (mostBytes / step > MOST_TICKS) step *= 2;
  const ticks = Array.from({ length: Math.floor(mostBytes / step) }, (_, index) => (index + 1) * step);
  return { mostBytes, ticks };
}
