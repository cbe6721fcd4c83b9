import { MOST_HEADS, MOST_LAYERS, MOST_TOKENS, MOST_WIDTH } from './metadata-limits.js';
import { invalidHeader } from './metadata-reader.js';
import type { MetadataValue, ModelHeader } from './model-header.js';

/** Largest values that a plan takes; keys without their architecture. */
const MOST: Readonly<Record<string, number>> = {
  context_length: MOST_TOKENS,
  block_count: MOST_LAYERS,
  embedding_length: MOST_WIDTH,
  'attention.head_count': MOST_HEADS,
  'attention.head_count_kv': MOST_HEADS,
  feed_forward_length: MOST_WIDTH,
  expert_count: MOST_WIDTH,
  expert_used_count: MOST_WIDTH,
};

/** Keys that no model can do with a 0 of. */
const POSITIVE: ReadonlySet<string> = new Set(['context_length', 'block_count', 'embedding_length']);

/** A hyper-parameter that no model can have. */
export interface InvalidParameter {
  /** With its architecture, such as `llama.block_count`. */
  readonly key: string;
  /** As it stands in the file. */
  readonly value: string;
  /** Whole numbers that are possible. */
  readonly least: number;
  readonly most: number;
}

/** Hyper-parameters that a plan would refuse, by what they are called without their architecture. */
export function invalidParameters(header: ModelHeader): ReadonlyMap<string, InvalidParameter> {
  return new Map(
    Object.entries(MOST).flatMap(([name, most]): readonly (readonly [string, InvalidParameter])[] => {
      const key = `${header.architecture}.${name}`;
      const value = header.metadata.get(key);
      const least = POSITIVE.has(name) ? 1 : 0;
      return value === undefined || isPossible(value, least, most)
        ? []
        : [[name, { key, value: textOf(value), least, most }]];
    }),
  );
}

/**
 * Refuses a model with a hyper-parameter that no model can have.
 * @throws InvalidModelFileError naming the key and the value
 */
export function checkHyperParameters(header: ModelHeader): void {
  for (const { key, value, least, most } of invalidParameters(header).values()) {
    throw invalidHeader(`${key} is ${value}; a whole number from ${String(least)} to ${String(most)} is possible`);
  }
}

function isPossible(value: MetadataValue, least: number, most: number): boolean {
  if (typeof value === 'object') {
    return value.values === null || value.values.every((one) => isWholeWithin(one, 0, most));
  }
  return isWholeWithin(value, least, most);
}

function isWholeWithin(value: unknown, least: number, most: number): boolean {
  if (typeof value !== 'number' && typeof value !== 'bigint') return false;
  return Number.isInteger(Number(value)) && value >= least && value <= most;
}

function textOf(value: MetadataValue): string {
  return typeof value === 'object' ? `${value.length} values of ${value.elementType}` : String(value);
}
