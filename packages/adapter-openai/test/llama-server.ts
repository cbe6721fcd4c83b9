import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sampleModelPath } from '@plimsoll/sample-model';
import { freePort } from '@plimsoll/testing/servers';

/** A running llama-server. */
export interface LlamaServer {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

/** Starts the real program with the sample model under the name `fable:5m` and waits until it is ready. */
export async function startLlamaServer(program: string, extra: readonly string[] = []): Promise<LlamaServer> {
  const port = await freePort();
  const address = ['--host', '127.0.0.1', '--port', String(port)];
  const model = ['--model', sampleModelPath(), '--alias', 'fable:5m', '--ctx-size', '256', '--threads', '1'];
  const child = spawn(program, [...address, ...model, '--parallel', '1', ...extra], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const origin = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`llama-server ended with ${child.exitCode}`);
    const ready = await fetch(`${origin}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return { baseUrl: `${origin}/v1`, stop };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
