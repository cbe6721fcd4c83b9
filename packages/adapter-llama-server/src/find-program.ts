import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { InvalidConfigError } from '@plimsoll/domain';

/** Names a llama-server that is not on the PATH. */
export const PROGRAM_VARIABLE = 'PLIMSOLL_LLAMA_SERVER';

/**
 * The user's llama-server: the file that the variable names, else the first on the PATH.
 * @throws InvalidConfigError when there is none
 */
export function findProgram(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const named = environment[PROGRAM_VARIABLE];
  const file = process.platform === 'win32' ? 'llama-server.exe' : 'llama-server';
  const candidates =
    named !== undefined && named !== ''
      ? [path.resolve(named)]
      : (environment['PATH'] ?? '')
          .split(path.delimiter)
          .filter((folder) => folder !== '')
          .map((folder) => path.join(folder, file));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new InvalidConfigError(
    named !== undefined && named !== ''
      ? `${PROGRAM_VARIABLE} names ${named}, which is not a program.`
      : 'There is no llama-server on the PATH.',
    { hint: `Install llama.cpp, or name the program: ${PROGRAM_VARIABLE}=/path/to/llama-server` },
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
