import { stripVTControlCharacters, styleText } from 'node:util';
import { eastAsianWidth } from 'get-east-asian-width';
import { isPlain } from './plain-text.js';

/** Text decorations; each returns the text unchanged where colour is off. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const styled =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(format, text, { validateStream: false });
const plain = (text: string): string => text;

/** ANSI decorations. */
export const COLOURED: Style = {
  bold: styled('bold'),
  dim: styled('dim'),
  green: styled('green'),
  yellow: styled('yellow'),
  red: styled('red'),
  cyan: styled('cyan'),
};

/** No decorations. */
export const PLAIN: Style = { bold: plain, dim: plain, green: plain, yellow: plain, red: plain, cyan: plain };

/**
 * Whether a stream gets colour: `FORCE_COLOR` (anything but 0 or false) wins over `NO_COLOR` (any non-empty
 * value), as in Node itself; otherwise terminals do, unless they call themselves dumb.
 */
export function wantsColour(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return isTerminal && env['TERM'] !== 'dumb';
}

/** What joins the character before it and takes no column of its own. */
const JOINS = /^[\p{M}\u200c\u200d]$/u;

/**
 * Columns a text takes on a terminal: without decorations, East Asian wide characters and emoji counted twice.
 * `string-width` would segment graphemes first, which takes longer to start than a whole plan takes to compute.
 */
export function visibleWidth(text: string): number {
  const plain = text.includes('\u001b') ? stripVTControlCharacters(text) : text;
  if (isPlain(plain)) return plain.length;
  let width = 0;
  for (const character of plain) {
    if (!JOINS.test(character)) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return width;
}
