import path from 'node:path';

/** Where results and records of sidecars are kept: beside the measurements. */
export function photoFolder(storeFile: string): string {
  return path.join(path.dirname(storeFile), 'photos');
}
