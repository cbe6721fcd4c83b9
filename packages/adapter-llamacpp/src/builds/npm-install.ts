import { spawn } from 'node:child_process';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  BackendFailedError,
  BackendUnreachableError,
  CancelledError,
  CapabilityMissingError,
  EngineMismatchError,
  StorageFailedError,
} from '@plimsoll/domain';
import type { PlimsollError } from '@plimsoll/domain';
import { PACKAGE_VERSION } from '../native/build.js';
import type { PinnedPackage } from './pinned-builds.js';

const POLL_MS = 250;
const KEPT_STDERR = 8_192;

/** What npm is asked: this folder alone, no scripts, a cache of its own, and no long wait for a registry that is away. */
const ARGUMENTS = [
  'ci',
  ...['--prefix', '.', '--cache', 'cache', '--global=false', '--ignore-scripts', '--dry-run=false'],
  ...['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'],
  ...['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'],
];

const UNREACHABLE =
  /^(?:ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ERR_SOCKET_TIMEOUT|FETCH_ERROR|ENOTCACHED)$/u;

const REGISTRY_HINT =
  'It is asked where npm is told to: `npm config get registry`, with its proxies and certificates. Try again later, or elsewhere.';

/**
 * Installs packages with npm into an empty folder: from the registry, by the proxies and with the credentials that npm
 * is configured with. A lock file holds the pinned hashes, so that npm refuses an archive with anything else in it.
 * @returns the folder of each package, in order
 * @throws CapabilityMissingError without npm, EngineMismatchError for other contents than the pinned ones,
 *   BackendUnreachableError, BackendFailedError, StorageFailedError, CancelledError
 */
export async function npmInstall(
  packages: readonly PinnedPackage[],
  folder: string,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): Promise<readonly string[]> {
  const dependencies = Object.fromEntries(packages.map(({ name }) => [name, PACKAGE_VERSION]));
  const root = { name: 'plimsoll-engine', version: '0.0.0', private: true, dependencies };
  const locked = packages.map(({ name, integrity }): [string, object] => [
    `node_modules/${name}`,
    { version: PACKAGE_VERSION, integrity },
  ]);
  const packagesOfLock: Readonly<Record<string, object>> = { '': root, ...Object.fromEntries<object>(locked) };
  const lock = { ...root, lockfileVersion: 3, requires: true, packages: packagesOfLock };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(root));
  await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
  const polling = setInterval(() => void bytesIn(folder).then(onBytes), POLL_MS);
  try {
    await runNpm(folder, signal);
  } finally {
    clearInterval(polling);
  }
  return packages.map(({ name }) => path.join(folder, 'node_modules', name));
}

function runNpm(folder: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new CancelledError('Cancelled before anything was fetched.'));
      return;
    }
    const npm = spawn('npm', ARGUMENTS, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const stop = (): void => void npm.kill('SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
    let said = '';
    npm.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_STDERR);
    });
    npm.on('error', (cause) => {
      reject(
        new CapabilityMissingError('npm could not be started, and builds are fetched with it.', {
          hint: 'Install npm, which comes with Node, and see that it is on the PATH.',
          cause,
        }),
      );
    });
    npm.on('close', (code) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted === true) reject(new CancelledError('Cancelled while the build was fetched.'));
      else if (code === 0) resolve();
      else reject(failureOf(said));
    });
  });
}

/** What went wrong, from what npm wrote. */
function failureOf(said: string): PlimsollError {
  const lines = said.split('\n').flatMap((line) => /^npm (?:error|ERR!) (.+)$/u.exec(line)?.[1] ?? []);
  const code = lines.flatMap((line) => /^code (\S+)$/u.exec(line)?.[1] ?? [])[0] ?? '';
  const reason = lines.find((line) => !/^(?:code|syscall|errno|path|dest) /u.test(line)) ?? 'npm gave no reason';
  const cause = new Error(said.trim());
  if (code === 'EINTEGRITY') {
    return new EngineMismatchError('The registry sent something else than the build that this version knows.', {
      hint: `Nothing was installed. ${REGISTRY_HINT}`,
      cause,
    });
  }
  if (code === 'ENOSPC')
    return new StorageFailedError('The disk is full.', { hint: 'Make room, and try again.', cause });
  if (UNREACHABLE.test(code)) {
    return new BackendUnreachableError(`The registry does not answer: ${reason}`, { hint: REGISTRY_HINT, cause });
  }
  return new BackendFailedError(`npm could not fetch the build: ${reason}`, { hint: REGISTRY_HINT, cause });
}

/** Bytes of all files below a folder, as far as they are there while others write. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return bytesIn(place);
    return entry.isFile()
      ? stat(place).then(
          ({ size }) => size,
          () => 0,
        )
      : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
