import { spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { PROGRAMS, STAMP_FILE, cmakeFlags, fileName, isComplete, llamaSource } from './recipe.mjs';
import { answersToVersion } from './tools.mjs';

/**
 * Builds the programs beside `directory` and renames the result into place, so
 * that an interrupted build leaves nothing that looks finished.
 *
 * @param {{ directory: string, signal: AbortSignal, log: (line: string) => void }} job
 */
export async function buildPeers({ directory, signal, log }) {
  const { bundle, release } = llamaSource();
  const work = `${directory}.building-${process.pid}`;
  const source = join(work, 'source');
  const build = join(work, 'build');
  const result = join(work, 'result');
  const run = (program, args) => execute(program, args, signal);

  await removeAbandoned(directory);
  await mkdir(result, { recursive: true });
  try {
    log(`Building llama.cpp ${release}; this takes about ten minutes on two cores.`);
    await run('git', ['-c', 'advice.detachedHead=false', 'clone', '--quiet', bundle, source]);
    const generator = answersToVersion('ninja') ? ['-G', 'Ninja'] : [];
    await run('cmake', ['-S', source, '-B', build, ...generator, ...cmakeFlags()]);
    const jobs = String(availableParallelism());
    const targets = ['--target', ...PROGRAMS];
    await run('cmake', ['--build', build, '--config', 'Release', '--parallel', jobs, ...targets]);
    await collect(build, result);
    await copyFile(join(source, 'LICENSE'), join(result, 'LICENSE'));
    await writeStamp(result, release);
    await publish(result, directory);
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Copies the programs out of the build tree; Visual Studio puts them one folder deeper. */
async function collect(build, result) {
  for (const program of PROGRAMS) {
    const name = fileName(program);
    const places = [join(build, 'bin', name), join(build, 'bin', 'Release', name)];
    const built = places.find((place) => existsSync(place));
    if (built === undefined) throw new Error(`The build made no ${name}.`);
    await copyFile(built, join(result, name));
  }
}

async function writeStamp(result, release) {
  const programs = [];
  for (const program of PROGRAMS) {
    const { size } = await stat(join(result, fileName(program)));
    programs.push({ name: program, bytes: size });
  }
  const stamp = { schema: 'plimsoll.peers/1', release, cmakeFlags: cmakeFlags(), programs };
  await writeFile(join(result, STAMP_FILE), `${JSON.stringify(stamp, null, 2)}\n`);
}

/** Another build may have finished first; its result is as good as ours. */
async function publish(result, directory) {
  if (isComplete(directory)) return;
  if (existsSync(directory)) {
    const entries = await readdir(directory);
    if (entries.length > 0 && !entries.includes(STAMP_FILE)) {
      throw new Error(`${directory} holds other files; name an empty folder.`);
    }
    await rm(directory, { recursive: true });
  }
  await rename(result, directory);
}

/** Removes what builds that were killed left behind. */
export async function removeAbandoned(directory) {
  const parent = dirname(directory);
  await mkdir(parent, { recursive: true });
  const prefix = `${basename(directory)}.building-`;
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith(prefix)) continue;
    if (!isRunning(Number(entry.slice(prefix.length)))) {
      await rm(join(parent, entry), { recursive: true, force: true });
    }
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs a program to its end. Its own process group lets a cancelled build take its compilers along. */
export function execute(program, args, signal, options = {}) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const detached = process.platform !== 'win32';
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'], detached });
    const stop = () => {
      if (child.pid !== undefined) process.kill(detached ? -child.pid : child.pid, 'SIGTERM');
    };
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', reject);
    child.once('exit', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${code ?? killedBy}.`));
    });
  });
}
