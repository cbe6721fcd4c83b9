import { join, resolve } from 'node:path';
import { userFolder, type UserSurroundings } from '@plimsoll/local-models';
import { readConfigText } from './read-config.js';

/** Where to look for the file and where programs keep their data. */
export interface ConfigSurroundings extends UserSurroundings {
  /** The file a user named, or null. */
  readonly path: string | null;
  readonly workingFolder: string;
}

/**
 * The file to read and write: the one that was named, else the one in `PLIMSOLL_CONFIG`, else `config.json` of the
 * working directory if it is one of ours (it has an `ai` section: the name is a common one), else
 * `plimsoll/config.json` in the user's configuration folder.
 */
export async function findConfigPath(surroundings: ConfigSurroundings): Promise<string> {
  const { path, environment, workingFolder } = surroundings;
  const named = path ?? environment['PLIMSOLL_CONFIG'] ?? '';
  if (named !== '') return resolve(workingFolder, named);
  const local = join(workingFolder, 'config.json');
  return (await isOurs(local)) ? local : join(userFolder('config', surroundings), 'config.json');
}

/** A file that does not parse counts when it mentions the section, so that its mistake is told, not overlooked. */
async function isOurs(path: string): Promise<boolean> {
  const text = (await readConfigText(path).catch(() => null)) ?? '';
  if (!text.includes('"ai"')) return false;
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/u, ''));
    return typeof value === 'object' && value !== null && 'ai' in value;
  } catch {
    return true;
  }
}
