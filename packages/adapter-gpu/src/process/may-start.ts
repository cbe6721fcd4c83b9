import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether a program may be there to be started. Looking along the path takes microseconds, failing to start a process
 * takes milliseconds. True where only the system knows: names are completed on Windows, and paths stand for themselves.
 */
export function mayStart(
  file: string,
  searchPath: string | undefined = process.env['PATH'],
  platform: string = process.platform,
): boolean {
  if (platform === 'win32' || searchPath === undefined || file.includes('/')) return true;
  return searchPath.split(':').some((folder) => existsSync(join(folder === '' ? '.' : folder, file)));
}
