import { InvalidModelFileError } from '../errors/invalid-model-file-error.js';
import { metadataNumber, metadataNumbers } from './model-header.js';
import type { ModelHeader } from './model-header.js';

/** Reads the hyper-parameters below `<architecture>.`, refusing values that no model can have. */
export interface MetadataReader {
  /** A whole number from 0 to `most`, or null when the key is absent. */
  optional(key: string, most: number): number | null;
  /** One whole number per layer, from a scalar or an array; null when the key is absent. */
  perLayer(key: string, layers: number, most: number): readonly number[] | null;
}

/** A reader of `header`'s hyper-parameters. Its methods throw `InvalidModelFileError` naming the key and the value. */
export function metadataReader(header: ModelHeader): MetadataReader {
  const name = (key: string): string => `${header.architecture}.${key}`;
  const check = (key: string, value: number, most: number): number => {
    if (Number.isInteger(value) && value >= 0 && value <= most) return value;
    throw invalidHeader(`${name(key)} is ${String(value)}; a whole number from 0 to ${String(most)} is possible`);
  };
  const optional = (key: string, most: number): number | null => {
    if (!header.metadata.has(name(key))) return null;
    const value = metadataNumber(header, name(key));
    if (value === null) throw invalidHeader(`${name(key)} is not a number`);
    return check(key, value, most);
  };
  return {
    optional,
    perLayer: (key, layers, most) => {
      const raw = header.metadata.get(name(key));
      if (raw === undefined) return null;
      if (typeof raw !== 'object') return Array.from({ length: layers }, () => optional(key, most) ?? 0);
      const values = metadataNumbers(header, name(key));
      if (values === null || values.length < layers) {
        throw invalidHeader(`${name(key)} has ${String(raw.length)} entries for ${String(layers)} layers`);
      }
      return values.slice(0, layers).map((value) => check(key, value, most));
    },
  };
}

/** The error for a header that cannot describe a model; `what` says which part. */
export function invalidHeader(what: string): InvalidModelFileError {
  return new InvalidModelFileError(`The model's header contradicts itself: ${what}.`, {
    hint: 'The file is damaged or was made by an incompatible tool: download it again, or use another source.',
  });
}
