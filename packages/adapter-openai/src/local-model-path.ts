import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';

/**
 * The model file of a server, where it lies on this machine: the server is addressed through the loopback interface,
 * names an absolute path, and there is such a file. Null otherwise: a forwarded port may end on another machine.
 */
export function localModelPath(serverUrl: string, path: unknown, exists: (path: string) => boolean): string | null {
  const host = new URL(serverUrl).hostname;
  const isHere = host === 'localhost' || host === '[::1]' || host.startsWith('127.');
  return isHere && typeof path === 'string' && isAbsolute(path) && exists(path) ? path : null;
}

/** Asks the file system. */
export const fileExists: (path: string) => boolean = existsSync;
