import { LEVEL_NAMES, parseLevel } from './level.js';
import type { Level } from './level.js';

/** How the Ollama library writes a level at the end of a tag: `q4_K_M`, `q8_0`, `fp16`. */
export function libraryToken(level: Level): string {
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
export function levelFromToken(token: string): Level | null {
  return token.toLowerCase() === 'mxfp4' ? 'MXFP4_MOE' : parseLevel(token);
}

/** Tokens of ready-made variants that are no level of llama.cpp's: their names are left as they are all the same. */
const OTHER_TOKENS: ReadonlySet<string> = new Set(['qat', 'mxfp8', 'fp8', 'int4', 'int8']);

/** Whether a token says how the weights are stored, as a level or otherwise. */
export function isQuantizationToken(token: string): boolean {
  return levelFromToken(token) !== null || OTHER_TOKENS.has(token.toLowerCase());
}

const SHORT: Readonly<Partial<Record<Level, string>>> = { Q4_K_M: 'q4', Q8_0: 'q8' };

/** Every way a prefix may be written, longest first, so that `q4_K_S_8b` is not taken for `q4` of `K_S_8b`. */
const PREFIXES: readonly (readonly [token: string, level: Level])[] = LEVEL_NAMES.flatMap((level) =>
  [level.toLowerCase(), libraryToken(level).toLowerCase(), SHORT[level] ?? ''].map((token) => [token, level] as const),
)
  .filter(([token]) => token !== '')
  .sort(([a], [b]) => b.length - a.length);

/** Splits a tag of the founding scheme, `q8_8b-instruct`, into its level and the rest; null when it has no prefix. */
export function splitPrefix(tag: string): { readonly level: Level; readonly rest: string } | null {
  const lower = tag.toLowerCase();
  for (const [token, level] of PREFIXES) {
    if (lower === token) return { level, rest: '' };
    if (lower.startsWith(`${token}_`)) return { level, rest: tag.slice(token.length + 1) };
  }
  return null;
}

/** Writes a tag of the founding scheme: `q4` and `q8` for the usual levels, else the level's own token. */
export function joinPrefix(level: Level, rest: string): string {
  const join = (token: string): string => (rest === '' ? token : `${token}_${rest}`);
  const short = SHORT[level];
  if (short !== undefined && splitPrefix(join(short))?.level === level) return join(short);
  return join(libraryToken(level));
}
