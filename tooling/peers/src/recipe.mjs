import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The programs of llama.cpp that tests and benchmarks are held against. */
export const PROGRAMS = [
  'llama-server',
  'llama-quantize',
  'llama-perplexity',
  'llama-bench',
  'llama-fit-params',
  'llama-tokenize',
];

/** Name of the file that is written last, so that a folder with it is whole. */
export const STAMP_FILE = 'peers.json';

/**
 * The flags given to CMake. A native build crashes in AMX code on some virtual
 * machines, so the instruction sets are named. Linked statically, the programs
 * need no library beside them and the folder can be moved. The web interface
 * would be downloaded, so it is left out.
 *
 * @param {string} architecture as in `process.arch`
 * @returns {string[]}
 */
export function cmakeFlags(architecture = process.arch) {
  const flags = [
    '-DCMAKE_BUILD_TYPE=Release',
    '-DBUILD_SHARED_LIBS=OFF',
    '-DGGML_NATIVE=OFF',
    '-DLLAMA_OPENSSL=OFF',
    '-DLLAMA_BUILD_UI=OFF',
    '-DLLAMA_USE_PREBUILT_UI=OFF',
    '-DLLAMA_BUILD_TESTS=OFF',
    '-DLLAMA_BUILD_EXAMPLES=OFF',
    '-DLLAMA_BUILD_APP=OFF',
    '-DLLAMA_BUILD_TOOLS=ON',
    '-DLLAMA_BUILD_SERVER=ON',
  ];
  return architecture === 'x64' ? [...flags, '-DGGML_AVX2=ON', '-DGGML_FMA=ON', '-DGGML_F16C=ON'] : flags;
}

/**
 * Where the installed node-llama-cpp keeps llama.cpp's source, and its release.
 *
 * @returns {{ bundle: string, release: string }}
 */
export function llamaSource() {
  const folder = join(packageFolder('node-llama-cpp'), 'llama');
  const { release } = JSON.parse(readFileSync(join(folder, 'binariesGithubRelease.json'), 'utf8'));
  return { bundle: join(folder, 'gitRelease.bundle'), release };
}

/**
 * The folder of the built programs: `PLIMSOLL_PEERS_DIR`, or one below the
 * cache folder of the system whose name changes with everything that changes
 * the programs.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string}
 */
export function peersDirectory(environment = process.env) {
  if (environment.PLIMSOLL_PEERS_DIR) return environment.PLIMSOLL_PEERS_DIR;
  const hash = createHash('sha256').update(cmakeFlags().join(' ')).digest('hex').slice(0, 12);
  const name = `${llamaSource().release}-${process.platform}-${process.arch}-${hash}`;
  return join(cacheDirectory(environment), 'plimsoll', 'peers', name);
}

/**
 * Whether every program and the stamp are in a folder.
 *
 * @param {string} directory
 * @returns {boolean}
 */
export function isComplete(directory) {
  return (
    existsSync(join(directory, STAMP_FILE)) &&
    PROGRAMS.every((program) => existsSync(join(directory, fileName(program))))
  );
}

/**
 * The file name of a program on this system.
 *
 * @param {string} program
 * @returns {string}
 */
export function fileName(program) {
  return process.platform === 'win32' ? `${program}.exe` : program;
}

/** The package exports neither its package.json nor anything to `require`. */
function packageFolder(name) {
  const places = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const found = places.map((place) => join(place, name)).find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`${name} is not installed; run npm start first.`);
  return found;
}

/** @param {NodeJS.ProcessEnv} environment */
function cacheDirectory(environment) {
  if (process.platform === 'win32') {
    return environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return environment.XDG_CACHE_HOME || join(homedir(), '.cache');
}
