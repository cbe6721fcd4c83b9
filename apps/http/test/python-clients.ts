import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const CLIENTS = ['ollama==0.6.3', 'openai==3.57.0', 'anthropic==2.14.0'];
const LIMIT_MS = 180_000;

/** A Python that has the clients, or why there is none. */
export type PythonClients = { readonly program: string } | { readonly missing: string };

/** Makes a virtual environment with the clients in the cache outside the checkout, once. */
export function pythonClients(): PythonClients {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const folder = path.join(cache, 'plimsoll', `python-clients-${CLIENTS.join('-').replaceAll('==', '-')}`);
  const program = (home: string): string => path.join(home, 'bin', 'python');
  if (existsSync(program(folder))) return { program: program(folder) };
  if (process.platform === 'win32') return { missing: 'not tried on Windows' };
  const partial = `${folder}.${process.pid}`;
  mkdirSync(path.dirname(folder), { recursive: true });
  try {
    const run = (command: string, ...args: string[]): boolean =>
      spawnSync(command, args, { stdio: 'ignore', timeout: LIMIT_MS }).status === 0;
    if (!run('python3', '-m', 'venv', partial)) return { missing: 'there is no python3 with venv' };
    // Programs in an environment hold its path; these are only ever called through its Python.
    if (!run(program(partial), '-m', 'pip', 'install', '--quiet', ...CLIENTS)) {
      return { missing: 'the clients could not be installed' };
    }
    renameSync(partial, folder);
    return { program: program(folder) };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
