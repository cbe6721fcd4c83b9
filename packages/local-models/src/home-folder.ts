import { homedir, userInfo } from 'node:os';

/** The user's home folder. `HOME` may be set to nothing; then it is the one that the system knows. */
export function homeFolder(named: string = homedir()): string {
  return named === '' ? userInfo().homedir : named;
}
