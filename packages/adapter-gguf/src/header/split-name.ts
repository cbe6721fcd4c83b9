const PATTERN = /-(\d{5})-of-(\d{5})(\.gguf)$/i;

/** The place of a file in a split model, from its name. */
export interface SplitName {
  /** 1-based. */
  readonly part: number;
  readonly parts: number;
  /** The name of part `n` (1-based). */
  partName(n: number): string;
}

/** Reads `…-00001-of-00003.gguf`, the naming of llama.cpp's split files. Null for any other name. */
export function parseSplitName(path: string): SplitName | null {
  const match = PATTERN.exec(path);
  if (match === null) return null;
  const [whole, part = '', parts = '', extension = ''] = match;
  if (Number(part) < 1 || Number(part) > Number(parts)) return null;
  const stem = path.slice(0, path.length - whole.length);
  return {
    part: Number(part),
    parts: Number(parts),
    partName: (n) => `${stem}-${String(n).padStart(5, '0')}-of-${parts}${extension}`,
  };
}
