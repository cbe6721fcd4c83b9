import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { canRun, startServer } from './server-process.js';
import type { ServerProcess } from './server-process.js';

/** A Redis server of its own, with nothing in it. */
export interface RedisServer {
  readonly url: string;
  /** Kills it and starts it again on the same port, with what it has written to the disk. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** How the server keeps data. */
export interface RedisServerOptions {
  /** Whether it logs every change to the disk; no when absent: then a restart loses everything. */
  readonly persistent?: boolean | undefined;
}

/** Why no Redis can be started here; null when one can. */
export function whyNoRedis(): string | null {
  return canRun('redis-server') ? null : 'redis-server is not installed';
}

/** Starts a server on a free port of this machine. @throws Error when it cannot start; see `whyNoRedis` */
export async function startRedis({ persistent = false }: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-redis-'));
  const port = await freePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const log = ['--appendonly', persistent ? 'yes' : 'no', '--appendfsync', 'everysec'];
  const start = (): Promise<ServerProcess> => startServer('redis-server', [...args, ...log], port);
  let server = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    async restart() {
      await server.stop('SIGKILL');
      server = await start();
    },
    async stop() {
      await server.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
