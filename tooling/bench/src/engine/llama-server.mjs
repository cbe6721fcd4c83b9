import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { requirePeer } from './peer.mjs';

/** A llama-server of its own on a free port; `close()` ends it. */
export async function startLlamaServer({ model, contextTokens, parallel, threads }) {
  const port = await freePort();
  const shape = ['-m', model, '-c', contextTokens * parallel, '-np', parallel, '-t', threads, '-tb', threads];
  const args = [...shape, '--host', '127.0.0.1', '--port', port, '--no-webui'].map(String);
  const child = spawn(requirePeer('llama-server'), args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const address = `http://127.0.0.1:${port}`;
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  for (;;) {
    const answer = await fetch(`${address}/health`).catch(() => null);
    if (answer?.ok) return { address, close };
    if (child.exitCode !== null) throw new Error('llama-server ended before it was ready');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
