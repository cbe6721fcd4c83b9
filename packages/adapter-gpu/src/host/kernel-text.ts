import { existsSync, readFileSync } from 'node:fs';

/**
 * A text that the kernel makes when it is read, such as `/proc/meminfo`; empty where it cannot be read. Read at once:
 * it is made in microseconds, less than another thread takes to be asked, or an error to be thrown.
 */
export function kernelText(path: string): string {
  if (!existsSync(path)) return '';
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
