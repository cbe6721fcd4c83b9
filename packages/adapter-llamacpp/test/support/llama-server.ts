import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@plimsoll/testing/servers';

/** Asks a real llama-server with a model at 256 tokens, started for `use` alone. */
export async function withLlamaServer(
  program: string,
  model: string,
  more: readonly string[],
  use: (post: (path: string, body: object) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const shape = ['--model', model, '--ctx-size', '256', '--parallel', '1', '--threads', '1', '--no-webui'];
  const listen = ['--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(program, [...shape, ...listen, ...more], { stdio: 'ignore' });
  const address = `http://127.0.0.1:${port}`;
  try {
    while ((await fetch(`${address}/health`).catch(() => null))?.ok !== true) {
      if (child.exitCode !== null) throw new Error(`llama-server ended with ${child.exitCode}`);
      await sleep(20);
    }
    await use(async (path, body) => {
      const answer = await fetch(`${address}${path}`, { method: 'POST', body: JSON.stringify(body) });
      return answer.json();
    });
  } finally {
    child.kill('SIGKILL');
  }
}
