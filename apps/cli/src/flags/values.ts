import {
  InvalidInputError,
  KV_CACHE_TYPES,
  LEVEL_NAMES,
  parseByteSize,
  parseLevel,
  parseVariantLevel,
  type CacheTypes,
  type Level,
  type VariantLevel,
} from '@plimsoll/domain';
import { suggest } from './suggest.js';

/** A bare number above this was meant as bytes: no machine has as many GB. */
const MOST_BARE_GB = 2 ** 20;

/** Whether an amount of memory has no unit and is so small that GB are meant. */
function isBareGigabytes(text: string): boolean {
  return /^\s*\d*\.?\d+\s*$/.test(text) && Number(text) > 0 && Number(text) < MOST_BARE_GB;
}

/**
 * Reads an amount of memory in bytes. `8GB`, `8GiB` and `8G` are all 8 × 2³⁰: that is what an "8 GB" card holds, and
 * so is a bare `8`, of which `onAssumed` gets a note. A bare number too large for GB is bytes.
 */
export function memorySize(
  flag: string,
  onAssumed: (note: string) => void = () => undefined,
): (text: string) => number {
  return (text) => {
    try {
      if (isBareGigabytes(text)) onAssumed(`${flag} ${text.trim()} is taken as ${text.trim()} GB.`);
      return parseByteSize(isBareGigabytes(text) ? `${text.trim()}GB` : text);
    } catch (cause) {
      throw new InvalidInputError(`${flag} is "${text}", which is not an amount of memory.`, {
        hint: 'Give a number with a unit, such as 8GB, 6144MB or 0.5GiB. One GB counts 1024³ bytes here, as on cards.',
        cause,
      });
    }
  };
}

/** Reads bytes per second, such as `90GB/s`; a GB is 10⁹ bytes here, as in the names of memories. */
export function byteRate(flag: string): (text: string) => number {
  return (text) => {
    const [, digits] = /^\s*(\d+(?:\.\d+)?)\s*(?:GB(?:\/s)?)?\s*$/i.exec(text) ?? [];
    const value = Number(digits ?? Number.NaN);
    if (value >= 1 && value <= 10_000) return value * 1e9;
    throw new InvalidInputError(`${flag} is "${text}", but must be 1 to 10,000 GB per second.`, {
      hint: `For example: ${flag} 51GB/s for two channels of DDR4-3200, 90GB/s for DDR5-5600`,
    });
  };
}

/** Reads the type of a KV cache, or the types of keys and values, such as `q8_0/q4_0`. */
export function cacheTypes(flag: string): (text: string) => CacheTypes {
  const read = oneOf(flag, KV_CACHE_TYPES);
  return (text) => {
    const [keys = '', values = keys, ...more] = text.split('/');
    if (more.length > 0)
      throw new InvalidInputError(`${flag} is "${text}", but takes one type, or two with a / between.`);
    return { keyCacheType: read(keys), valueCacheType: read(values) };
  };
}

/** Reads a whole number within bounds. */
export function wholeNumber(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidInputError(`${flag} is "${text}", but must be a whole number from ${least} to ${most}.`);
  };
}

/** Reads a number of tokens within bounds, such as `8192`, `8k` or `16K`; a K is 1,024, as in the names of contexts. */
export function tokenCount(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const [, digits, unit = ''] = /^(\d+)([km]?)$/i.exec(text.trim()) ?? [];
    const value =
      digits === undefined ? Number.NaN : Number(digits) * 1024 ** ['', 'k', 'm'].indexOf(unit.toLowerCase());
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidInputError(`${flag} is "${text}", but must be a number of tokens from ${least} to ${most}.`, {
      hint: `For example: ${flag} 8192 or ${flag} 8k`,
    });
  };
}

/** Reads a number within bounds. */
export function decimalNumber(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value >= least && value <= most) return value;
    throw new InvalidInputError(`${flag} is "${text}", but must be a number from ${least} to ${most}.`);
  };
}

/** Reads one of a few words; case is ignored. */
export function oneOf<Word extends string>(flag: string, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word.toLowerCase() === text.trim().toLowerCase());
    if (found !== undefined) return found;
    const meant = suggest(text, words);
    throw new InvalidInputError(`${flag} is "${text}", but must be one of ${words.join(', ')}.`, {
      hint: meant === null ? undefined : `Did you mean ${flag} ${meant}?`,
    });
  };
}

/** Levels that people ask for most; named when a level is not understood. */
const COMMON_LEVELS: readonly Level[] = ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q4_0', 'Q3_K_M', 'Q2_K'];

/** Reads a quantization level, such as `q4_k_m`. */
export function levelName(flag: string): (text: string) => Level {
  return (text) => {
    const level = parseLevel(text.trim());
    if (level !== null) return level;
    const meant = suggest(text, LEVEL_NAMES);
    throw new InvalidInputError(`${flag} is "${text}", which is not a quantization level.`, {
      hint:
        meant === null
          ? `Common levels: ${COMMON_LEVELS.join(', ')}. All: ${LEVEL_NAMES.join(', ')}.`
          : `Did you mean ${meant}? Common levels: ${COMMON_LEVELS.join(', ')}.`,
    });
  };
}

/** Reads a quantization level or the name of a recipe, such as `mixed-4.50bpw`. */
export function variantLevelName(flag: string): (text: string) => VariantLevel {
  const level = levelName(flag);
  return (text) => parseVariantLevel(text) ?? level(text);
}

/** Turns a reader of one value into one of a flag that may be given several times or hold a list with commas. */
export function listOf<Value>(
  read: (text: string) => Value,
): (text: string, previous: readonly Value[] | undefined) => readonly Value[] {
  return (text, previous = []) => {
    const parts = text.split(',').filter((part) => part.trim() !== '');
    // Of a list without a value the reader says what it wants.
    const values = (parts.length === 0 ? [text] : parts).map(read);
    return [...new Set([...previous, ...values])];
  };
}
