import { ALL_SCHEMAS } from '@plimsoll/contract/schemas';
import { InvalidInputError } from '@plimsoll/domain';
import { z } from 'zod';
import { EXIT } from '../../errors/exit-codes.js';
import { suggest } from '../../flags/suggest.js';
import type { CommandContext } from '../command-context.js';

/** `plimsoll schema`. */
export async function schema({ output }: CommandContext, name: string | undefined): Promise<number> {
  const names = Object.keys(ALL_SCHEMAS);
  if (name === undefined) {
    output.raw(`${names.join('\n')}\n`);
    return EXIT.done;
  }
  const found = Object.hasOwn(ALL_SCHEMAS, name) ? ALL_SCHEMAS[name] : undefined;
  if (found === undefined) {
    const meant = suggest(name, names);
    throw new InvalidInputError(`There is no document "${name}".`, {
      hint: `${meant === null ? '' : `Did you mean ${meant}? `}Documents: ${names.join(', ')}.`,
    });
  }
  output.raw(`${JSON.stringify({ title: `plimsoll.${name}/1`, ...z.toJSONSchema(found) }, null, 2)}\n`);
  return EXIT.done;
}
