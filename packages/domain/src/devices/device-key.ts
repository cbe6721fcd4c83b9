/** A device's name in the form that is compared: vendor words, signs and the memory size taken off. */
export interface DeviceKey {
  /** With the memory size, `rtx30608gb`. */
  readonly full: string;
  /** Without it, `rtx3060`. */
  readonly base: string;
  /** Without the series either, `3060`; null when nothing but the series tells it apart. */
  readonly short: string | null;
  /** The memory size that was named, GiB. */
  readonly memoryGiB: number | null;
}

// A bare `g` counts after a free-standing number only: an A10G has no 10 GiB.
const MEMORY = /(\d+)\s*gi?b(?![a-z0-9])|(?<![a-z0-9])(\d+)\s*g(?![a-z0-9])/;
const NOISE =
  /\((?:tm|r|c)\)|\b(?:nvidia|geforce|tesla|amd|radeon|intel|arc|apple|graphics|gpu|card|mobile gpu|generation|edition|hbm2e?|hbm3e?)\b/g;

/** Reads a device's name as a person or a driver writes it. */
export function deviceKey(text: string): DeviceKey {
  const lower = text
    .toLowerCase()
    .replaceAll(/\b(?:mobile|max-q|notebook)\b/g, 'laptop')
    .replaceAll(NOISE, ' ');
  const memory = MEMORY.exec(lower);
  const squeeze = (part: string): string => part.replaceAll(/[^a-z0-9+]/g, '');
  const base = squeeze(memory === null ? lower : lower.replace(MEMORY, ' '));
  const short = base.replace(/^(?:rtx|gtx|rx|instinct|quadro|quadrortx)(?=[a-z]?\d)/, '');
  return {
    full: squeeze(lower),
    base,
    short: short === base ? null : short,
    memoryGiB: memory === null ? null : Number(memory[1] ?? memory[2]),
  };
}

/** Edits (insert, delete, replace) between two short texts: Levenshtein's distance. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
