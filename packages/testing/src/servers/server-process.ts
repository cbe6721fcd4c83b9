import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

/** A program that serves on a port of this machine. */
export interface ServerProcess {
  /** Ends it and waits until it has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Who runs a program, when that is not this process's own user. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

const START_MS = 20_000;

/** Whether a program can be started by its name or path. */
export function canRun(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Starts a server and waits until its port answers. @throws Error with what it printed when it does not start */
export async function startServer(
  program: string,
  args: readonly string[],
  port: number,
  runAs: RunAs | null = null,
): Promise<ServerProcess> {
  const child = spawn(program, args, { ...runAs, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed = `${printed}${text}`.slice(-4000)));
  }
  const ended = once(child, 'exit');
  const giveUpAt = performance.now() + START_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      child.kill('SIGKILL');
      throw new Error(`${program} did not start: ${printed}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
