import { parseVariantLevel } from './variant-level.js';
import type { VariantLevel } from './variant-level.js';

/**
 * The file or model name for `model` at `level`: the level that stands at the end of the name is replaced, else
 * one is added. `tales/fable-f16.gguf` at Q4_K_M is `tales/fable-Q4_K_M.gguf`; the part numbers of a split file go,
 * because a variant is written as one file.
 */
export function variantFileName(model: string, level: VariantLevel): string {
  const { stem, extension } = splitName(model);
  return `${stem}-${level}${extension}`;
}

/** The level that stands at the end of a file or model name, or null. A hint only: the header decides. */
export function levelInFileName(model: string): VariantLevel | null {
  return splitName(model).level;
}

const splitName = (model: string): { stem: string; level: VariantLevel | null; extension: string } => {
  const extension = /\.gguf$/i.exec(model)?.[0] ?? '';
  const whole = model.slice(0, model.length - extension.length).replace(/-\d{5}-of-\d{5}$/, '');
  for (const { index } of whole.matchAll(/[-._]/g)) {
    const level = index === 0 ? null : parseVariantLevel(whole.slice(index + 1));
    if (level !== null) return { stem: whole.slice(0, index), level, extension };
  }
  return { stem: whole, level: null, extension };
};
