import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { InvalidConfigError } from '@plimsoll/domain';

/**
 * The user's llama-server: the named file, else the first on the PATH.
 * @throws InvalidConfigError when there is none
 */
export function findProgram(named: string | null = null, searchPath: string = process.env['PATH'] ?? ''): string {
  const file = process.platform === 'win32' ? 'llama-server.exe' : 'llama-server';
  const folders = searchPath.split(path.delimiter).filter((folder) => folder !== '');
  const candidates = named === null ? folders.map((folder) => path.join(folder, file)) : [path.resolve(named)];
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  throw new InvalidConfigError(
    named === null ? 'There is no llama-server on the PATH.' : `${named} is not a program.`,
    {
      hint: 'Install llama.cpp, or name the program.',
      remedies: [{ kind: 'change-setting', path: 'ai.llama_server.path', value: '/path/to/llama-server' }],
    },
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
