import { parseSplitName } from '@plimsoll/adapter-gguf';
import { LEVEL_NAMES, levelRank, parseVariantLevel, type VariantLevel } from '@plimsoll/domain';

/** One file of a repository, as the file list tells. */
export interface RepositoryFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** `sha256:…` of the content, or null when the list does not tell. */
  readonly digest: string | null;
}

/** One model of a repository: a file, or the parts of a split one in order. */
export interface RepositoryVariant {
  /** Path of the first file. */
  readonly path: string;
  /** From the file's name, or null when the name holds none that we know. */
  readonly level: VariantLevel | null;
  /** What stands in the name where a level should, such as `UD-Q4_K_XL`; the level's name when it is one. */
  readonly label: string;
  readonly sizeBytes: number;
  readonly files: readonly RepositoryFile[];
}

const LEVEL_PATTERN: RegExp = new RegExp(
  `(?<![A-Za-z0-9])(?:UD[-_])?(${[
    ...LEVEL_NAMES,
    'FP16',
    'FP32',
    'MXFP4',
    'mixed-\\d{1,2}\\.\\d{2}bpw',
    'I?Q\\d_[A-Z0-9]+(?:_[A-Z]+)?',
  ]
    .sort((a, b) => b.length - a.length)
    .join('|')})(?![A-Za-z0-9_])`,
  'gi',
);

/** The models among a repository's files. Projectors and importance matrices are not models of their own. */
export function groupVariants(files: readonly RepositoryFile[]): readonly RepositoryVariant[] {
  const variants = [...byFirstFile(files)].flatMap(([path, { parts, expected }]): readonly RepositoryVariant[] => {
    if (parts.size !== expected) return [];
    const label = labelOf(path);
    const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, file]) => file);
    return [
      {
        path,
        level: label.startsWith('UD-') ? null : parseVariantLevel(label),
        label,
        sizeBytes: inOrder.reduce((sum, part) => sum + part.sizeBytes, 0),
        files: inOrder,
      },
    ];
  });
  return variants.sort((a, b) => rank(a) - rank(b) || a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
}

/**
 * The parts that are there of each model, by their number, and how many there should be. A name may claim any number
 * of parts, so only those that are listed are looked at.
 */
function byFirstFile(
  files: readonly RepositoryFile[],
): ReadonlyMap<string, { readonly parts: Map<number, RepositoryFile>; readonly expected: number }> {
  const models = new Map<string, { parts: Map<number, RepositoryFile>; expected: number }>();
  for (const file of files) {
    const base = file.path.slice(file.path.lastIndexOf('/') + 1);
    if (!/\.gguf$/i.test(base) || /mmproj|imatrix/i.test(base)) continue;
    const split = parseSplitName(file.path);
    const first = split?.partName(1) ?? file.path;
    const model = models.get(first) ?? { parts: new Map<number, RepositoryFile>(), expected: split?.parts ?? 1 };
    models.set(first, model);
    model.parts.set(split?.part ?? 1, file);
  }
  return models;
}

/**
 * The variant that a tag names: a level or label without regard to case, or a whole file name. Without a tag the
 * one at Q4_K_M, as the servers of the field choose, else the nearest in size to it. Null when none fits.
 */
export function chooseVariant(variants: readonly RepositoryVariant[], tag: string | null): RepositoryVariant | null {
  if (tag === null || tag.toLowerCase() === 'latest') {
    const order: readonly VariantLevel[] = ['Q4_K_M', 'Q4_K_S', 'Q4_0', 'IQ4_XS', 'Q5_K_M', 'Q6_K', 'Q8_0'];
    const preferred = order.map((level) => variants.find((variant) => variant.level === level));
    return preferred.find((variant) => variant !== undefined) ?? variants[0] ?? null;
  }
  const wanted = tag.toLowerCase();
  const level = parseVariantLevel(tag);
  return (
    variants.find((variant) => level !== null && variant.level === level) ??
    variants.find((variant) => variant.label.toLowerCase() === wanted) ??
    variants.find((variant) => [variant.path.toLowerCase(), fileName(variant.path)].includes(wanted)) ??
    null
  );
}

/** The last level-like word of a file's name, else of its folder's. */
function labelOf(path: string): string {
  for (const segment of path
    .replace(/\.gguf$/i, '')
    .split('/')
    .reverse()) {
    const last = [...segment.matchAll(LEVEL_PATTERN)].at(-1);
    if (last !== undefined) {
      const text = last[0].toUpperCase().replace(/^UD_/, 'UD-');
      return text.startsWith('UD-') ? text : (parseVariantLevel(text) ?? text);
    }
  }
  return fileName(path);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}

function rank(variant: RepositoryVariant): number {
  return variant.level === null ? LEVEL_NAMES.length : levelRank(variant.level);
}
