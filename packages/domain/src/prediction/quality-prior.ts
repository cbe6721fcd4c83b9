import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { RecipeMeasurement } from '../quantization/file-recipe.js';
import type { Level } from '../quantization/level.js';
import { isRecipeName } from '../quantization/variant-level.js';
import type { VariantLevel } from '../quantization/variant-level.js';

/** Expected loss of quality against full precision. Null is not known: nothing is guessed or interpolated. */
export interface QualityExpectation {
  /** Relative increase of perplexity: 0.028 is 2.8 % more. */
  readonly perplexityIncrease: number | null;
  /** Mean KL divergence in nats. */
  readonly meanKld: number | null;
  /**
   * The same on the scale of the figures that the model's presets have, for putting them in order; never shown. Absent
   * where `meanKld` is on that scale.
   */
  readonly comparableKld?: number | undefined;
  /** Share of tokens whose most likely successor stays the same, 0 to 1. */
  readonly sameTopToken: number | null;
  readonly source: 'reference' | 'prior' | 'measured' | 'unknown';
  /** Where the figures come from and how far they carry. */
  readonly basis: QualityBasis;
  /** What the cache adds to the divergence of the weights; absent where nothing is known to be added. */
  readonly cache?: CacheEffect | undefined;
}

/** Where expected quality comes from. */
export type QualityBasis =
  | { readonly kind: 'full-precision' }
  /** The level at which the model's makers published it. */
  | { readonly kind: 'as-published'; readonly level: Level }
  | { readonly kind: 'no-figure'; readonly level: VariantLevel }
  /** Another model's published table; `parameters` are those of the model in question, which decide the caveat. */
  | {
      readonly kind: 'table';
      readonly source: string;
      readonly importanceMatrix: boolean;
      readonly parameters: number | null;
    }
  /** `best`: only so many of the best tokens were compared, which makes it a lower bound; null for all. */
  | {
      readonly kind: 'measured';
      readonly scoredTokens: number;
      readonly foreign: boolean;
      readonly best: number | null;
    }
  /** A recipe's own figure, and that of the preset of its size on the same text, null where there was none. */
  | { readonly kind: 'recipe'; readonly preset: RecipeMeasurement['preset'] };

/** What a cache type costs. */
export interface CacheEffect {
  readonly keyCacheType: KvCacheType;
  readonly valueCacheType: KvCacheType;
  /** Mean KL divergence that it adds, nats; null when nothing is published: the other figures are of the weights. */
  readonly addedKld: number | null;
}

/** Perplexity of the unquantized model that the table below was measured on. */
const BASE_PERPLEXITY = 6.2316;
const TABLE_SOURCE = 'Llama-3-8B on wikitext, llama.cpp tools/perplexity/README.md';

/** Increase of perplexity, mean KL divergence, same top token where the source states it. */
type Row = readonly [perplexityIncrease: number, meanKld: number, sameTopToken: number | null];

/** Levels made without an importance matrix unless they need one or the source has no other figure. */
const TABLE: Readonly<Partial<Record<Level, Row>>> = {
  Q8_0: [0.00265, 0.001355, 0.9767],
  Q6_K: [0.02175, 0.005452, 0.9603],
  Q5_K_M: [0.05697, 0.010762, null],
  Q5_K_S: [0.10496, 0.016595, null],
  Q5_1: [0.10622, 0.018045, null],
  Q5_0: [0.13159, 0.022239, null],
  Q4_K_M: [0.17548, 0.031273, 0.919],
  Q4_K_S: [0.2689, 0.043136, null],
  IQ4_NL: [0.22396, 0.035742, null],
  IQ4_XS: [0.22807, 0.036334, null],
  Q4_1: [0.4511, 0.071683, null],
  Q4_0: [0.46851, 0.07194, null],
  Q3_K_L: [0.55624, 0.087176, null],
  Q3_K_M: [0.65686, 0.101913, null],
  IQ3_M: [0.66669, 0.102534, null],
  Q3_K_S: [1.63215, 0.228217, null],
  IQ2_M: [2.36917, 0.325989, null],
  Q2_K: [3.51993, 0.445132, 0.7114],
  IQ2_XS: [4.52979, 0.54629, null],
  IQ1_S: [51.866, 2.2113, null],
};

/** Levels whose figures were measured with an importance matrix. */
const WITH_IMPORTANCE_MATRIX: ReadonlySet<Level> = new Set(['IQ4_NL', 'IQ4_XS', 'IQ3_M', 'IQ2_M', 'IQ2_XS', 'IQ1_S']);

/** Levels that a file of full precision has. */
const REFERENCES: ReadonlySet<VariantLevel> = new Set<VariantLevel>(['F32', 'F16', 'BF16']);

/**
 * Expected loss of a level before anything was measured. `parameters` is the model's size, which decides the caveat:
 * larger models lose less, smaller ones more. A level that the source does not list stays unknown.
 */
export function priorQuality(level: VariantLevel, parameters: number | null = null): QualityExpectation {
  if (REFERENCES.has(level)) return lossless({ kind: 'full-precision' });
  const row = isRecipeName(level) ? undefined : TABLE[level];
  if (isRecipeName(level) || row === undefined) {
    const basis = { kind: 'no-figure', level } as const;
    return { perplexityIncrease: null, meanKld: null, sameTopToken: null, source: 'unknown', basis };
  }
  return {
    perplexityIncrease: row[0] / BASE_PERPLEXITY,
    meanKld: row[1],
    sameTopToken: row[2],
    source: 'prior',
    basis: { kind: 'table', source: TABLE_SOURCE, importanceMatrix: WITH_IMPORTANCE_MATRIX.has(level), parameters },
  };
}

/** The mean KL divergence by which levels of a model are put in order; null where it is not known. */
export const orderingKld = ({ comparableKld, meanKld }: QualityExpectation): number | null => comparableKld ?? meanKld;

/** The level at which a model's makers trained and published it: nothing better exists. */
export const asPublished = (level: Level): QualityExpectation => lossless({ kind: 'as-published', level });

/**
 * What was measured of a recipe when it was made. `presetKld` is what is expected of the preset that it was held
 * against: a recipe that lost half of what the preset did is put in order as half of that.
 */
export function measuredWhenMade({ meanKld, preset }: RecipeMeasurement, presetKld: number | null): QualityExpectation {
  const isComparable = preset !== null && preset.meanKld > 0 && presetKld !== null;
  return {
    perplexityIncrease: null,
    meanKld,
    ...(isComparable ? { comparableKld: (presetKld * meanKld) / preset.meanKld } : {}),
    sameTopToken: null,
    source: 'measured',
    basis: { kind: 'recipe', preset },
  };
}

const lossless = (basis: QualityBasis): QualityExpectation => ({
  perplexityIncrease: 0,
  meanKld: 0,
  sameTopToken: 1,
  source: 'reference',
  basis,
});

/**
 * Mean KL divergence that a cache type adds. Only f16 and better (none) and q8_0 are known (llama.cpp
 * tools/perplexity/README.md, both caches at q8_0); it varies by model: one of 20B lost a quarter of its top tokens.
 */
export function priorKvCacheKld(type: KvCacheType): number | null {
  switch (type) {
    case 'f32':
    case 'f16':
    case 'bf16':
      return 0;
    case 'q8_0':
      return 0.00098;
    case 'q5_1':
    case 'q5_0':
    case 'q4_1':
    case 'q4_0':
    case 'iq4_nl':
      return null;
  }
}
