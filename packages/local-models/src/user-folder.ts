import path from 'node:path';
import { homeFolder } from './home-folder.js';

/** By what a user's folders are found. */
export interface UserSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** As in `process.platform`. */
  readonly platform: string;
}

const FOLDERS = {
  config: { windows: ['APPDATA', 'AppData', 'Roaming'], others: ['XDG_CONFIG_HOME', '.config'] },
  data: { windows: ['LOCALAPPDATA', 'AppData', 'Local'], others: ['XDG_DATA_HOME', '.local', 'share'] },
} as const;

/** The user's folder for Plimsoll's configuration or data: XDG folders, on Windows `%APPDATA%` and `%LOCALAPPDATA%`. */
export function userFolder(
  kind: keyof typeof FOLDERS,
  surroundings: UserSurroundings = {
    environment: process.env,
    homeFolder: homeFolder(),
    platform: process.platform,
  },
): string {
  const [variable, ...below] = FOLDERS[kind][surroundings.platform === 'win32' ? 'windows' : 'others'];
  const named = surroundings.environment[variable] ?? '';
  return path.join(named === '' ? path.join(surroundings.homeFolder, ...below) : named, 'plimsoll');
}
