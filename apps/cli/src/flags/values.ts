import { InvalidInputError, LEVEL_NAMES, parseByteSize, parseLevel, type Level } from '@plimsoll/domain';
import { suggest } from './suggest.js';

/**
 * Reads an amount of memory in bytes. `8GB`, `8GiB` and `8G` are all 8 × 2³⁰: that is what an "8 GB" card holds.
 * Without a unit the number is bytes.
 */
export function memorySize(flag: string): (text: string) => number {
  return (text) => {
    try {
      return parseByteSize(text);
    } catch (cause) {
      throw new InvalidInputError(`${flag} is "${text}", which is no amount of memory.`, {
        hint: 'Give a number with a unit, such as 8GB, 6144MB or 0.5GiB. One GB counts 1024³ bytes here, as on cards.',
        cause,
      });
    }
  };
}

/** Longest context that a flag may ask for, in tokens. */
export const MOST_CONTEXT_TOKENS: number = 2 ** 24;

/** Reads a whole number within bounds. */
export function wholeNumber(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidInputError(`${flag} is "${text}", but must be a whole number from ${least} to ${most}.`);
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
    throw new InvalidInputError(`${flag} is "${text}", which is no quantization level.`, {
      hint:
        meant === null
          ? `Common levels: ${COMMON_LEVELS.join(', ')}. All: ${LEVEL_NAMES.join(', ')}.`
          : `Did you mean ${meant}? Common levels: ${COMMON_LEVELS.join(', ')}.`,
    });
  };
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
