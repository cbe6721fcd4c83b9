import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { canRun, startServer } from './server-process.js';
import type { RunAs } from './server-process.js';

/** A PostgreSQL server of its own, with nothing in it. */
export interface PostgresServer {
  /** Of an empty database. */
  readonly url: string;
  stop(): Promise<void>;
}

/** How the server keeps data. */
export interface PostgresServerOptions {
  /** Whether commits wait for the disk, as a real server's do; no when absent, for tests. */
  readonly durable?: boolean | undefined;
}

/** Debian keeps the programs of each version in a folder that is not on the path. */
function programFolder(): string | null {
  const versions = '/usr/lib/postgresql';
  const listed = spawnSync('ls', [versions], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((name) => name !== '');
  const folders = ['', ...listed.sort((a, b) => Number(b) - Number(a)).map((name) => join(versions, name, 'bin'))];
  return folders.find((folder) => canRun(join(folder, 'postgres')) && canRun(join(folder, 'initdb'))) ?? null;
}

/** PostgreSQL refuses to run as root: there it runs as the user that its package made. */
function serverUser(): RunAs | null | 'none' {
  if (process.getuid?.() !== 0) return null;
  const ask = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [ask('-u'), ask('-g')];
  return uid > 0 && gid > 0 ? { uid, gid } : 'none';
}

/** Why no PostgreSQL can be started here; null when one can. */
export function whyNoPostgres(): string | null {
  if (programFolder() === null) return 'postgresql is not installed';
  return serverUser() === 'none' ? 'PostgreSQL does not run as root, and there is no user postgres' : null;
}

/** Starts a server on a free port of this machine. @throws Error when it cannot start; see `whyNoPostgres` */
export async function startPostgres({ durable = false }: PostgresServerOptions = {}): Promise<PostgresServer> {
  const [folder, user] = [programFolder(), serverUser()];
  if (folder === null || user === 'none') throw new Error(whyNoPostgres() ?? 'PostgreSQL cannot be started.');
  const data = mkdtempSync(join(tmpdir(), 'plimsoll-postgres-'));
  try {
    if (user !== null) chownSync(data, user.uid, user.gid);
    const init = ['-D', data, '-U', 'plimsoll', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    execFileSync(join(folder, 'initdb'), init, { ...user, cwd: data, stdio: 'ignore' });
    const port = await freePort();
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `fsync=${durable ? 'on' : 'off'}`];
    const args = ['-D', data, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])];
    const server = await startServer(join(folder, 'postgres'), args, port, user);
    return {
      url: `postgres://plimsoll@127.0.0.1:${port}/postgres`,
      async stop() {
        // Fast shutdown: clients that are still connected are not waited for.
        await server.stop('SIGINT');
        rmSync(data, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(data, { recursive: true, force: true });
    throw error;
  }
}
