import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Where the dynamic loader of Linux looks without being told. */
const USUAL_FOLDERS = ['/lib', '/usr/lib', '/lib64', '/usr/lib64'];

/**
 * Whether Linux' dynamic loader finds a shared library of that name: in `LD_LIBRARY_PATH`, in its cache, or in its usual
 * folders. Nothing is loaded to find out.
 */
export function hasSystemLibrary(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  cacheFile = '/etc/ld.so.cache',
): boolean {
  const named = (environment['LD_LIBRARY_PATH'] ?? '').split(/[:;]/u).filter((folder) => folder !== '');
  return (
    [...named, ...USUAL_FOLDERS].some((folder) => existsSync(path.join(folder, name))) || isCached(name, cacheFile)
  );
}

/** The cache holds the paths of libraries as strings that end in a null byte. */
function isCached(name: string, cacheFile: string): boolean {
  try {
    return readFileSync(cacheFile, 'latin1').includes(`/${name}\0`);
  } catch {
    return false;
  }
}
