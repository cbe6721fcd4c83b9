import { InvalidInputError, TENSOR_TYPES, type TensorOverride, type TensorType } from '@plimsoll/domain';
import { suggest } from './suggest.js';

/** Reads `--tensor PATTERN=TYPE`, such as `attn_v=Q6_K`. */
export function tensorOverride(text: string): TensorOverride {
  const equals = text.lastIndexOf('=');
  const pattern = text.slice(0, Math.max(0, equals));
  const wanted = text.slice(equals + 1).toUpperCase();
  if (pattern === '') {
    throw new InvalidInputError(`--tensor is "${text}", but must be PATTERN=TYPE.`, {
      hint: 'For example: --tensor "attn_v=Q6_K". The pattern is a regular expression over tensor names.',
    });
  }
  try {
    new RegExp(pattern);
  } catch (cause) {
    throw new InvalidInputError(`--tensor has the pattern "${pattern}", which is no regular expression.`, { cause });
  }
  if (!isTensorType(wanted)) {
    const types = Object.keys(TENSOR_TYPES);
    const meant = suggest(wanted, types);
    throw new InvalidInputError(`--tensor has the type "${wanted}", which is no tensor type.`, {
      hint: `${meant === null ? '' : `Did you mean ${meant}? `}Types: ${types.join(', ')}.`,
    });
  }
  return { pattern, type: wanted };
}

const isTensorType = (text: string): text is TensorType => Object.hasOwn(TENSOR_TYPES, text);
