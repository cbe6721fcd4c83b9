/** A memory that is accounted for on its own: a device's id, or `host`. */
export type MemoryDomain = string;

/** Bytes by memory. A memory that is not named holds none. */
export type BytesByDomain = Readonly<Record<MemoryDomain, number>>;

/** What was last read of a memory. */
export interface MemoryReading {
  readonly domain: MemoryDomain;
  /** When it was read, milliseconds. */
  readonly atMs: number;
  /** Null when the probe could not say. */
  readonly totalBytes: number | null;
  /**
   * Used by all programs, ours included; null when the probe could not say. Of the host only what cannot be taken
   * back: `total − available`, so that the page cache of mapped model files is no pressure.
   */
  readonly usedBytes: number | null;
}

/** What one loaded model holds. */
export interface Reservation {
  readonly model: string;
  /** What its operating point was predicted to take. */
  readonly predicted: BytesByDomain;
  /** What the engine reported after the load; null until it did. */
  readonly reported: BytesByDomain | null;
}

/** One memory's account. */
export interface LedgerEntry {
  readonly domain: MemoryDomain;
  readonly totalBytes: number | null;
  /** What counts as the whole of it: our own limit where that is less. Bands are shares of this. */
  readonly capacityBytes: number | null;
  readonly usedBytes: number | null;
  /** Held by our models, by the engine's report or else by prediction. */
  readonly ownBytes: number;
  /** Taken by other programs; null when unknown. */
  readonly foreignBytes: number | null;
  /** What may still be taken: what is free, and not beyond our own limit. Null when unknown; negative when exceeded. */
  readonly freeBytes: number | null;
  readonly atMs: number;
}

/** The bytes a reservation stands for. */
export function heldBytes({ predicted, reported }: Reservation, domain: MemoryDomain): number {
  return (reported ?? predicted)[domain] ?? 0;
}

/**
 * Accounts for one memory. `limitBytes` caps what our models may hold together (the founding `gpu_memory_limit_mb`);
 * null is no cap. Reading and reservations need not agree for a moment after a load: other programs then count as 0,
 * never less.
 */
export function ledgerEntry(
  reading: MemoryReading,
  reservations: readonly Reservation[],
  limitBytes: number | null,
): LedgerEntry {
  const { domain, totalBytes, usedBytes, atMs } = reading;
  const ownBytes = reservations.reduce((sum, reservation) => sum + heldBytes(reservation, domain), 0);
  const foreignBytes = usedBytes === null ? null : Math.max(0, usedBytes - ownBytes);
  const unused = totalBytes === null || foreignBytes === null ? null : totalBytes - foreignBytes - ownBytes;
  const allowed = limitBytes === null ? null : limitBytes - ownBytes;
  const capacityBytes = smaller(totalBytes, limitBytes);
  return {
    domain,
    totalBytes,
    capacityBytes,
    usedBytes,
    ownBytes,
    foreignBytes,
    freeBytes: smaller(unused, allowed),
    atMs,
  };
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null) return null;
  return b === null ? a : Math.min(a, b);
}
