/** What one model takes where it is put. */
export interface Seat {
  readonly deviceBytes: number;
  readonly hostBytes: number;
}

/** What there is to put models into. */
export interface Room {
  /** Usable bytes of each device. */
  readonly devices: readonly number[];
  /** Usable bytes of the host; null is as many as needed. */
  readonly host: number | null;
  /** Whether devices draw on the host's memory. */
  readonly shared: boolean;
}

/**
 * A device for each seat, or null when there is no way to seat all. Largest first with stepping back, which finds a
 * way whenever there is one; devices of equal room are tried once.
 */
export function seatAll(seats: readonly Seat[], room: Room): readonly number[] | null {
  const host = seats.reduce((sum, seat) => sum + seat.hostBytes + (room.shared ? seat.deviceBytes : 0), 0);
  if (room.host !== null && host > room.host) return null;
  const order = seats.map((_, index) => index).sort((a, b) => bytesOf(seats, b) - bytesOf(seats, a));
  const free = [...room.devices];
  const places = new Array<number>(seats.length).fill(0);
  const place = (position: number): boolean => {
    const index = order[position];
    if (index === undefined) return true;
    const bytes = bytesOf(seats, index);
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

const bytesOf = (seats: readonly Seat[], index: number): number => seats[index]?.deviceBytes ?? 0;
