import { dirname, isAbsolute, join, resolve } from 'node:path';

/** What relative paths inside a value mean. */
export interface ValuePlace {
  /** Folder that relative paths start from. */
  readonly folder: string;
  /** What `~` stands for. */
  readonly homeFolder: string;
}

/** Makes a path from a value absolute; a leading `~` is the home folder. */
export function absolutePath(path: string, place: ValuePlace): string {
  if (path === '~') return place.homeFolder;
  if (path.startsWith('~/') || path.startsWith('~\\')) return join(place.homeFolder, path.slice(2));
  return isAbsolute(path) ? path : resolve(place.folder, path);
}

/** Place of values that stand in the file at `path`. */
export function placeOfFile(path: string, homeFolder: string): ValuePlace {
  return { folder: dirname(path), homeFolder };
}
