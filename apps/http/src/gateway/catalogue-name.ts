import { InvalidInputError, parseModelReference } from '@plimsoll/domain';

const MOST_CHARACTERS = 512;

/**
 * The model of a request as a name of the catalogue. A path or an address from outside is refused: it would let a
 * client read files and reach hosts that only this machine can.
 * @throws InvalidInputError
 */
export function catalogueName(model: string): string {
  const { kind } = parseModelReference(model);
  if (model.length <= MOST_CHARACTERS && (kind === 'name' || kind === 'huggingface' || kind === 'ollama-library')) {
    if (!model.includes('..') && !/[\p{Cc}\\]/u.test(model) && !model.startsWith('/')) return model;
  }
  throw new InvalidInputError('A model is named as it is in the list of models, not by a path or an address.');
}
