import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileName, peersDirectory } from './recipe.mjs';

/** The releases of Ollama that tests are held against, newest first. */
export const OLLAMA_VERSIONS = ['0.34.2', '0.33.1', '0.28.1'];

/** The programs of llama.cpp that a server starts. */
export const OLLAMA_HELPERS = ['llama-server', 'llama-quantize'];

/**
 * The folder of one release: `bin` holds the server, `lib/ollama` what it starts, as in Ollama's own packages. It lies
 * below the llama.cpp programs, since it changes with them.
 *
 * @param {string} version
 * @returns {string}
 */
export function ollamaDirectory(version) {
  return join(peersDirectory(), 'ollama', version);
}

/**
 * The path of a built Ollama server, or null when `npm run peers` has not made it on this machine.
 *
 * @param {string} version
 * @returns {string | null}
 */
export function locateOllama(version) {
  const program = join(ollamaDirectory(version), 'bin', fileName('ollama'));
  return existsSync(program) ? program : null;
}

/**
 * How Go is started here: by its name, or from where its own installer puts it; null where it is not installed.
 *
 * @returns {string | null}
 */
export function findGo() {
  const usual = process.platform === 'win32' ? 'C:\\Program Files\\Go\\bin\\go.exe' : '/usr/local/go/bin/go';
  const answers = (program) => spawnSync(program, ['version'], { stdio: 'ignore', windowsHide: true }).status === 0;
  return ['go', usual].find(answers) ?? null;
}
