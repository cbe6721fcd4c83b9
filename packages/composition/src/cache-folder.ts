import path from 'node:path';
import { homeFolder } from '@plimsoll/local-models';

/** The user's folder for what can be made again: XDG, `~/Library/Caches`, or `%LOCALAPPDATA%`. */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  home: string = homeFolder(),
): string {
  const named = env[platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_CACHE_HOME'] ?? '';
  if (named !== '') return path.join(named, 'plimsoll', ...(platform === 'win32' ? ['cache'] : []));
  if (platform === 'win32') return path.join(home, 'AppData', 'Local', 'plimsoll', 'cache');
  return platform === 'darwin'
    ? path.join(home, 'Library', 'Caches', 'plimsoll')
    : path.join(home, '.cache', 'plimsoll');
}
