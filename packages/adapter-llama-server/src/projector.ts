import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { LEVEL_NAMES } from '@plimsoll/domain';

const PROJECTOR = /^mmproj.*\.gguf$/i;
const LEVEL_AT_END = new RegExp(`[-._](?:${[...LEVEL_NAMES, 'FP16', 'FP32', 'mixed-[\\d.]+bpw'].join('|')})$`, 'i');

/** The file beside a model that lets it see images, as publishers name it (`mmproj-….gguf`), or null. */
export async function findProjector(model: string): Promise<string | null> {
  const folder = path.dirname(model);
  const names = await readdir(folder).catch(() => [] as string[]);
  const name = chooseProjector(path.basename(model), names);
  return name === null ? null : path.join(folder, name);
}

/**
 * The projector among the files of a model's folder: one that carries the model's name, or the only one in a folder
 * that holds this model alone, in whatever levels. Where it comes in several types, F16 is taken.
 */
export function chooseProjector(model: string, names: readonly string[]): string | null {
  const projectors = names.filter((name) => PROJECTOR.test(name)).sort();
  const base = baseName(model);
  const named = projectors.filter((name) => baseName(name).includes(base));
  if (named.length > 0) return named.find((name) => /f16/i.test(name)) ?? named[0] ?? null;
  const models = new Set(names.filter((name) => /\.gguf$/i.test(name) && !PROJECTOR.test(name)).map(baseName));
  return projectors.length === 1 && models.size === 1 ? (projectors[0] ?? null) : null;
}

function baseName(file: string): string {
  return file
    .replace(/\.gguf$/i, '')
    .replace(/-\d{5}-of-\d{5}$/, '')
    .replace(LEVEL_AT_END, '')
    .toLowerCase();
}
