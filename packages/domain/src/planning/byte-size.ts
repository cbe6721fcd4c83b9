import { InvalidInputError } from '../errors/invalid-input-error.js';

const UNITS = ['', 'k', 'm', 'g', 't', 'p'] as const;

/**
 * Reads an amount of memory: `8GB`, `8 GiB`, `512M`, `1.5g`, `0`, or plain bytes.
 *
 * All units are powers of 1024, with or without the `i`: memory is built and sold in them, so `--vram 8GB` means the
 * 8 GiB of a card that is sold with 8 GB. Sizes of files are another matter and are never read with this.
 * @throws InvalidInputError when the text is no amount, negative, or more than 2^53 bytes
 */
export function parseByteSize(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*([kmgtp]?)(?:i?b|i)?(?:ytes?)?\s*$/i.exec(text);
  const unit = UNITS.indexOf((match?.[2]?.toLowerCase() ?? '') as (typeof UNITS)[number]);
  const bytes = match === null ? Number.NaN : Math.round(Number(match[1]) * 1024 ** unit);
  if (!Number.isSafeInteger(bytes)) {
    throw new InvalidInputError(`${JSON.stringify(text)} is no amount of memory.`, {
      hint: 'Write for example 8GB, 512MB, 1.5GiB or 0.',
    });
  }
  return bytes;
}

const NAMES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes for people, in IEC units with three digits at least: `4.58 GiB`, `281.8 MiB`, `0 B`. Null is `unknown`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return 'unknown';
  let value = Math.abs(bytes);
  let unit = 0;
  // 1023.95 would print as 1024.0
  while (value >= 1023.95 && unit < NAMES.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : value < 9.995 ? 2 : value < 999.5 ? 1 : 0;
  return `${bytes < 0 ? '-' : ''}${value.toFixed(digits)} ${NAMES[unit] ?? 'B'}`;
}
