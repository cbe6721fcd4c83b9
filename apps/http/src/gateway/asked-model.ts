import { InvalidInputError, parseLevel } from '@plimsoll/domain';
import type { Level } from '@plimsoll/domain';
import type { IncomingHttpHeaders } from 'node:http';
import { catalogueName } from './catalogue-name.js';

/** The header by which a client chooses a level, whatever the settings say. */
export const LEVEL_HEADER = 'x-plimsoll-level';

/** A model as a client asked for it. */
export interface AskedModel {
  /** As it is echoed. */
  readonly name: string;
  /** As it is looked up: without a level behind `@`. */
  readonly model: string;
  /** A level that wins over the settings. */
  readonly level?: Level | undefined;
}

/**
 * `llama3.1:8b@Q8_0`, or the name alone and the header `x-plimsoll-level: Q8_0`; the name wins.
 * @throws InvalidInputError
 */
export function askedModel(name: string, headers: IncomingHttpHeaders): AskedModel {
  const at = name.lastIndexOf('@');
  const model = catalogueName(at > 0 ? name.slice(0, at) : name);
  const text = at > 0 ? name.slice(at + 1) : headers[LEVEL_HEADER];
  if (text === undefined) return { name, model };
  const level = typeof text === 'string' ? parseLevel(text) : null;
  if (level === null) {
    throw new InvalidInputError(`"${String(text)}" is not a quantization level.`, {
      hint: 'Ask for one such as Q8_0 or Q4_K_M, or for the model alone.',
    });
  }
  return { name, model, level };
}
