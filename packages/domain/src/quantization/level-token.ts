import { LEVEL_NAMES } from './level.js';
import type { Level } from './level.js';
import { isRecipeName, parseVariantLevel } from './variant-level.js';
import type { VariantLevel } from './variant-level.js';

/** How the Ollama library writes a level at the end of a tag: `q4_K_M`, `q8_0`, `fp16`; a recipe's name stays as it is. */
export function libraryToken(level: VariantLevel): string {
  switch (level) {
    case 'F16':
      return 'fp16';
    case 'F32':
      return 'fp32';
    case 'MXFP4_MOE':
      return 'mxfp4';
    case 'BF16':
    case 'NVFP4':
      return level.toLowerCase();
    default:
      return level.replace(/^[A-Z]+/, (letters) => letters.toLowerCase());
  }
}

/** The level that a token of a tag stands for, whatever its case, or null. */
export function levelFromToken(token: string): VariantLevel | null {
  return token.toLowerCase() === 'mxfp4' ? 'MXFP4_MOE' : parseVariantLevel(token);
}

/** Tokens of ready-made variants that are no level of llama.cpp's: their names are left as they are all the same. */
const OTHER_TOKENS: ReadonlySet<string> = new Set(['qat', 'mxfp8', 'fp8', 'int4', 'int8']);

/** Whether a token says how the weights are stored, as a level or otherwise. */
export function isQuantizationToken(token: string): boolean {
  return levelFromToken(token) !== null || OTHER_TOKENS.has(token.toLowerCase());
}

/** Splits a tag before its last token, `8b-q4_K_M` into `8b` and `q4_K_M`; a recipe's name is one token. */
export function splitSuffix(tag: string): { readonly rest: string; readonly token: string } {
  const recipe = tag.toLowerCase().lastIndexOf('mixed-');
  const isWhole = recipe === 0 || tag[recipe - 1] === '-';
  const isRecipe = isWhole && isRecipeName(tag.slice(recipe).toLowerCase());
  const start = isRecipe ? recipe : tag.lastIndexOf('-') + 1;
  return { rest: tag.slice(0, Math.max(0, start - 1)), token: tag.slice(start) };
}

const RECIPE_PREFIX = /^(mixed-[\d.]+bpw)(?:_(.*))?$/i;

const SHORT: Readonly<Partial<Record<VariantLevel, string>>> = { Q4_K_M: 'q4', Q8_0: 'q8' };

type Prefix = readonly [token: string, level: Level];

let allPrefixes: readonly Prefix[] | null = null;

/** Every way a prefix may be written, longest first, so that `q4_K_S_8b` is not taken for `q4` of `K_S_8b`. */
const prefixes = (): readonly Prefix[] =>
  (allPrefixes ??= LEVEL_NAMES.flatMap((level) =>
    [level.toLowerCase(), libraryToken(level).toLowerCase(), SHORT[level] ?? ''].map((token): Prefix => [token, level]),
  )
    .filter(([token]) => token !== '')
    .sort(([a], [b]) => b.length - a.length));

/** Splits a tag of the founding scheme, `q8_8b-instruct`, into its level and the rest; null when it has no prefix. */
export function splitPrefix(tag: string): { readonly level: VariantLevel; readonly rest: string } | null {
  const [, recipe = '', after = ''] = RECIPE_PREFIX.exec(tag) ?? [];
  const name = recipe.toLowerCase();
  if (isRecipeName(name)) return { level: name, rest: after };
  const lower = tag.toLowerCase();
  for (const [token, level] of prefixes()) {
    if (lower === token) return { level, rest: '' };
    if (lower.startsWith(`${token}_`)) return { level, rest: tag.slice(token.length + 1) };
  }
  return null;
}

/** Writes a tag of the founding scheme: `q4` and `q8` for the usual levels, else the level's own token. */
export function joinPrefix(level: VariantLevel, rest: string): string {
  const join = (token: string): string => (rest === '' ? token : `${token}_${rest}`);
  const short = SHORT[level];
  if (short !== undefined && splitPrefix(join(short))?.level === level) return join(short);
  return join(libraryToken(level));
}
