import { InvalidInputError } from '@plimsoll/domain';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Photos named or below the folders named, in the order of their names; links to folders are not followed.
 * @throws InvalidInputError when a path is not there or cannot be read, or when there are no photos
 */
export async function findPhotos(paths: readonly string[]): Promise<readonly string[]> {
  const { isPhotoName } = await import('@plimsoll/adapter-photo');
  const found = new Set<string>();
  for (const given of paths) {
    for (const file of await photosAt(path.resolve(given), isPhotoName)) found.add(file);
  }
  if (found.size > 0) return [...found];
  throw new InvalidInputError(`There are no photos in ${paths.join(', ')}.`, {
    hint: 'Photos are JPEG, PNG, WebP, TIFF, AVIF, HEIC and raw files.',
  });
}

async function photosAt(given: string, isPhotoName: (name: string) => boolean): Promise<readonly string[]> {
  try {
    const found = await stat(given);
    if (!found.isDirectory()) return [given];
    const entries = await readdir(given, { withFileTypes: true });
    const files: string[] = [];
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const place = path.join(given, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.')) files.push(...(await photosAt(place, isPhotoName)));
      else if (entry.isFile() && isPhotoName(entry.name)) files.push(place);
    }
    return files;
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    const reason = code === 'ENOENT' ? 'it is not there' : code === 'EACCES' ? 'no permission' : String(cause);
    throw new InvalidInputError(`${given} cannot be read: ${reason}.`, { cause });
  }
}
