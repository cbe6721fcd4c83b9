import { InvalidInputError, LEVEL_NAMES, parseVariantLevel } from '@plimsoll/domain';
import type { VariantLevel } from '@plimsoll/domain';

/** The level of that name; programs without types may give any text. @throws InvalidInputError naming the levels */
export function requireLevel(level: string): VariantLevel {
  const known = parseVariantLevel(level);
  if (known !== null) return known;
  throw new InvalidInputError(`"${level}" is not a quantization level.`, {
    hint: `Levels: ${LEVEL_NAMES.join(', ')}.`,
  });
}
