import { spawn } from 'node:child_process';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenerateRequest } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, describe, expect, test } from 'vitest';
import { LlamaCppRuntime } from '../src/runtime/llama-cpp-runtime.js';
import { temporaryFolder } from './support/settings.js';

const here = (file: string): string => new URL(file, import.meta.url).href;
// Each range is one that is given; together they would take years.
const ENDLESS = `${'{% for a in range(99999) %}'.repeat(4)}${'{% endfor %}'.repeat(4)}`;

/** The sample model with a chat template: one more key in front of the others. */
async function withTemplate(template: string): Promise<Buffer> {
  const file = await readFile(sampleModelPath());
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    return Buffer.concat([length, bytes]);
  };
  const type = Buffer.from([8, 0, 0, 0]);
  // The data behind is aligned to 32 bytes: the template is filled up to a whole number of them.
  const fixed = 8 + 'tokenizer.chat_template'.length + 4 + 8;
  const padded = template.padEnd(Math.ceil((template.length + fixed) / 32) * 32 - fixed, ' ');
  const head = Buffer.from(file.subarray(0, 24));
  head.writeBigUInt64LE(head.readBigUInt64LE(16) + 1n, 16);
  return Buffer.concat([head, text('tokenizer.chat_template'), type, text(padded), file.subarray(24)]);
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('an engine in trouble', async () => {
  const folder = await temporaryFolder();
  const runtime = new LlamaCppRuntime({ modelsFolder: folder, engine: { flavor: 'cpu' } });
  afterAll(() => runtime.close());
  const text = async (request: GenerateRequest, signal?: AbortSignal): Promise<string> => {
    let said = '';
    for await (const event of runtime.generate(request, { signal })) if (event.type === 'text') said += event.text;
    return said;
  };
  const raw = (model: string, prompt: string): GenerateRequest => ({
    model,
    input: { kind: 'prompt', prompt, raw: true },
    maxTokens: 4,
  });
  const chat = { kind: 'chat', messages: [{ role: 'user', content: 'Hello' }] } as const;

  test('a chat whose template never ends is stopped with its request, and the model serves on', async () => {
    await writeFile(path.join(folder, 'endless.gguf'), await withTemplate(ENDLESS));
    const abort = new AbortController();
    const work = text({ model: 'endless', input: chat }, abort.signal);
    await runtime.load('endless');
    setTimeout(() => abort.abort(), 50);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(await text(raw('endless', 'Once'))).not.toBe('');
  });

  test('a template that works is used', async () => {
    await writeFile(path.join(folder, 'chatty.gguf'), await withTemplate('Once {{ messages[0].content }}'));
    expect(await text({ model: 'chatty', input: chat, maxTokens: 4 })).not.toBe('');
  });

  test('a prompt that cannot fit is refused before it is cut into tokens', async () => {
    await writeFile(path.join(folder, 'plain.gguf'), await readFile(sampleModelPath()));
    await expect(text(raw('plain', 'tale '.repeat(4_000_000)))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/^The prompt has more than \d+ tokens; the context holds \d+/) as string,
    });
  });

  test('a file that shrinks while it is in use ends one answer, and is named as the cause', async () => {
    const file = path.join(folder, 'shrinking.gguf');
    await writeFile(file, await readFile(sampleModelPath()));
    await runtime.load('shrinking');
    await truncate(file, 4096);
    const failure = (await text(raw('shrinking', 'Once')).catch((error: unknown) => error)) as { hint?: string };
    // The system may hold the pages still; then nothing failed.
    if (typeof failure !== 'string') expect(failure.hint).toMatch(/became shorter|memory/);
    expect(await text(raw('plain', 'Once'))).not.toBe('');
  });

  test.skipIf(process.platform !== 'linux').each(['chat', 'quantize'])(
    'the engine ends with a parent that is killed while it works (%s)',
    async (kind) => {
      const endless = path.join(folder, 'endless.gguf');
      const program = `
        const { LlamaCppRuntime } = await import(${JSON.stringify(here('../src/runtime/llama-cpp-runtime.ts'))});
        const { EngineProcess } = await import(${JSON.stringify(here('../src/engine/engine-process.ts'))});
        const { readFileSync } = await import('node:fs');
        const children = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim();
        if (${JSON.stringify(kind)} === 'chat') {
          const runtime = new LlamaCppRuntime({ modelsFolder: ${JSON.stringify(folder)} });
          const input = { kind: 'chat', messages: [{ role: 'user', content: 'Hello' }] };
          await runtime.load(${JSON.stringify(endless)});
          void runtime.generate({ model: ${JSON.stringify(endless)}, input }).next();
        } else {
          const engine = new EngineProcess({});
          const job = { source: ${JSON.stringify(sampleModelPath())}, fileType: 15, overrides: [], allowRequantize: false, threads: 2, importanceMatrix: null, expectedMatrix: null, metadata: {} };
          await engine.call('info', null);
          void (async () => { for (;;) await engine.call('quantize', { ...job, target: '/dev/null' }); })();
        }
        setTimeout(() => console.log(children()), 100);`;
      const loader = fileURLToPath(here('./source-loader.mjs'));
      const args = ['--conditions=@plimsoll/source', '--import', loader, '--input-type=module', '-e', program];
      const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const engines = await new Promise<readonly number[]>((resolve, reject) => {
        parent.stdout.once('data', (said: Buffer) => resolve(String(said).trim().split(/\s+/).map(Number)));
        parent.once('exit', (code) => reject(new Error(`The parent ended before it was killed, with ${code}.`)));
      });
      expect(engines.length).toBeGreaterThan(0);
      parent.kill('SIGKILL');
      for (let look = 0; look < 100 && engines.some(isAlive); look++) await sleep(50);
      expect(engines.filter(isAlive)).toEqual([]);
    },
  );
});
