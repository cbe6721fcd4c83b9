import { InvalidInputError, LEVEL_NAMES, parseLevel } from '@plimsoll/domain';
import type { Level } from '@plimsoll/domain';

/** The level of that name; programs without types may give any text. @throws InvalidInputError naming the levels */
export function requireLevel(level: string): Level {
  const known = parseLevel(level);
  if (known !== null) return known;
  throw new InvalidInputError(`"${level}" is not a quantization level.`, {
    hint: `Levels: ${LEVEL_NAMES.join(', ')}.`,
  });
}
