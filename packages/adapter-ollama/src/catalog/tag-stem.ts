import { LEVEL_NAMES, parseLevel, type Level } from '@plimsoll/domain';

/** What a tag says before its level: `8b-instruct` of `8b-instruct-q4_K_M`, of `q4_8b-instruct`, and of itself. */
export function tagStem(tag: string): string {
  const prefixed = /^q[48]_(.+)$/i.exec(tag)?.[1];
  if (prefixed !== undefined) return prefixed;
  const dash = tag.lastIndexOf('-');
  const last = tag.slice(dash + 1);
  if (parseLevel(last) === null) return tag;
  return dash < 0 ? '' : tag.slice(0, dash);
}

/** The tag of a level by the library's convention: `8b-instruct`, Q4_K_M → `8b-instruct-q4_K_M`. */
export function libraryTag(stem: string, level: Level): string {
  const text = level === 'F16' ? 'fp16' : level.replace(/^(?:I?Q|T)/, (start) => start.toLowerCase());
  return stem === '' ? text : `${stem}-${text}`;
}

/** The levels that the library usually carries, best first. */
export const LIBRARY_LEVELS: readonly Level[] = LEVEL_NAMES.filter((level) =>
  ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q4_K_S', 'Q4_0', 'Q3_K_M', 'Q2_K'].includes(level),
);
