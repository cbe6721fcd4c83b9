import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The program as it is installed. */
const BIN = process.env.PLIMSOLL_BIN ?? fileURLToPath(new URL('../../../../apps/cli/bin/plimsoll.js', import.meta.url));

/** Writes the high-water mark of a process's memory, in KiB, to descriptor 3 when it exits. */
const PEAK = pathToFileURL(fileURLToPath(new URL('./peak-memory.mjs', import.meta.url))).href;

/** A run that has not ended after so long hangs. */
const HANG_MS = 60_000;

/** A user whose folders are empty at first. */
export function createUser() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-hostile-'));
  return {
    folder,
    path: (...names) => path.join(folder, ...names),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function environmentOf(folder, more) {
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    XDG_DATA_HOME: path.join(folder, 'data'),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    ...more,
  };
}

/** Starts the program; `wrap` puts another command, such as a shell with limits, around it. */
export function start(user, args, options = {}) {
  const { env = {}, wrap = (command) => command, input = '', hangMs = HANG_MS } = options;
  const [command, ...rest] = wrap([process.execPath, '--import', PEAK, BIN, ...args]);
  const startedMs = performance.now();
  const child = spawn(command, rest, {
    cwd: user.folder,
    env: environmentOf(user.folder, env),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '', peak: '' };
  const keep = (name) => (text) => (texts[name] = (texts[name] + text).slice(-1_000_000));
  child.stdout.setEncoding('utf8').on('data', keep('stdout'));
  child.stderr.setEncoding('utf8').on('data', keep('stderr'));
  child.stdio[3]
    .setEncoding('utf8')
    .on('data', keep('peak'))
    .on('error', () => undefined);
  child.stdin.on('error', () => undefined).end(input);
  let hung = false;
  const ended = new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, hangMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const peakMiB = texts.peak === '' ? null : Math.max(...texts.peak.trim().split('\n').map(Number)) / 1024;
      const { stdout, stderr } = texts;
      resolve({ code, signal, hung, stdout, stderr, peakMiB, ms: performance.now() - startedMs });
    });
  });
  return { child, ended, texts };
}

/** Runs the program to its end. */
export const run = async (user, args, options) => start(user, args, options).ended;
