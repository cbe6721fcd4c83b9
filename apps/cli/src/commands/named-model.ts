import { openConfig } from '@plimsoll/composition';
import { InvalidInputError } from '@plimsoll/domain';
import type { CommandContext } from './command-context.js';

/**
 * The model that a command is about: the named one, else `ai.llm_model`.
 * @throws InvalidInputError when there is neither
 */
export async function namedModel(
  { env }: CommandContext,
  flags: { readonly config?: string | undefined },
  model: string | undefined,
): Promise<string> {
  if (model !== undefined) return model;
  const { settings } = await openConfig({ environment: env, path: flags.config }).load();
  if (settings.model !== null) return settings.model;
  throw new InvalidInputError('No model is named.', {
    hint: 'Name one, or set the one to use by default: plimsoll config set ai.llm_model NAME',
  });
}
