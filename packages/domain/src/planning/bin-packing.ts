/** What one model takes where it is put. */
export interface PackedItem {
  readonly deviceBytes: number;
  readonly hostBytes: number;
}

/** What there is to put models into. */
export interface BinSizes {
  /** Usable bytes of each device. */
  readonly devices: readonly number[];
  /** Usable bytes of the host; null is as many as needed. */
  readonly host: number | null;
  /** Whether devices draw on the host's memory. */
  readonly shared: boolean;
}

/**
 * A device for each item, or null when there is no way to pack all. Largest first with stepping back, which finds a
 * way whenever there is one; devices of equal room are tried once.
 */
export function packAll(items: readonly PackedItem[], room: BinSizes): readonly number[] | null {
  const host = items.reduce((sum, item) => sum + item.hostBytes + (room.shared ? item.deviceBytes : 0), 0);
  if (room.host !== null && host > room.host) return null;
  const order = items.map((_, index) => index).sort((a, b) => bytesOf(items, b) - bytesOf(items, a));
  const free = [...room.devices];
  const places = new Array<number>(items.length).fill(0);
  const place = (position: number): boolean => {
    const index = order[position];
    if (index === undefined) return true;
    const bytes = bytesOf(items, index);
    if (bytes === 0) return place(position + 1);
    const tried = new Set<number>();
    for (const [device, left] of free.entries()) {
      if (left < bytes || tried.has(left)) continue;
      tried.add(left);
      free[device] = left - bytes;
      places[index] = device;
      if (place(position + 1)) return true;
      free[device] = left;
    }
    return false;
  };
  return place(0) ? places : null;
}

const bytesOf = (items: readonly PackedItem[], index: number): number => items[index]?.deviceBytes ?? 0;
