import { parseLevel } from '@plimsoll/domain';

/** How publishers of the library end their tags, most common first. */
const ENDINGS = [
  'q4_K_M',
  'q8_0',
  'fp16',
  'q4_0',
  'q6_K',
  'q5_K_M',
  'q4_K_S',
  'q5_K_S',
  'q3_K_M',
  'q3_K_L',
  'q3_K_S',
  'q2_K',
  'q5_0',
  'q5_1',
  'q4_1',
  'bf16',
] as const;

/** The tag itself and its conventional siblings at other levels: `8b-instruct` → `8b-instruct-q8_0` … */
export function conventionalTags(tag: string): readonly string[] {
  const stem = stemOf(tag);
  if (stem === 'latest' || stem === '') return [tag];
  return [...new Set([tag, stem, ...ENDINGS.map((ending) => `${stem}-${ending}`)])];
}

function stemOf(tag: string): string {
  const dash = tag.lastIndexOf('-');
  if (dash < 0) return parseLevel(tag) === null ? tag : '';
  return parseLevel(tag.slice(dash + 1)) === null ? tag : tag.slice(0, dash);
}
