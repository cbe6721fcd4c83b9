import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { locatePeer } from '@plimsoll-tooling/peers';
import { OpenAiModelRuntime } from '@plimsoll/adapter-openai';
import { sampleModelPath } from '@plimsoll/sample-model';
import type { LoadOptions, ModelInspector } from '@plimsoll/domain';
import { copyWithNumbers, createLoraAdapter, describeModelRuntimeContract, writeMtpModel } from '@plimsoll/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { continueWith } from '../examples/own-server.js';
import { LlamaServerRuntime, findProgram } from '../src/index.js';
import type { LlamaServerRuntimeOptions, ServerAddress } from '../src/index.js';

const program = locatePeer('llama-server');
const reason = program === null ? ' (skipped: llama-server is not built; npm run peers builds it)' : '';
const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-llama-server-'));
beforeAll(() => copyFile(sampleModelPath(), path.join(folder, 'fable.gguf')));
afterAll(() => rm(folder, { recursive: true }));

const start = (from: string, change: Partial<LlamaServerRuntimeOptions> = {}): LlamaServerRuntime =>
  new LlamaServerRuntime({
    modelsFolder: folder,
    program: from,
    connect: (address) => new OpenAiModelRuntime(address),
    extraArguments: ['--threads', '1'],
    ...change,
  });

/** Tokens that a server drafts for a short answer. */
async function draftedBy(server: ServerAddress | null): Promise<number> {
  if (server === null) throw new Error('no server was started');
  const answer = await fetch(new URL('/completion', server.baseUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${server.apiKey}` },
    body: JSON.stringify({ prompt: 'Once upon a time', n_predict: 16, temperature: 0 }),
  });
  const { timings } = (await answer.json()) as { timings: { draft_n?: number } };
  return timings.draft_n ?? 0;
}

describe.skipIf(program === null)(`a managed llama-server${reason}`, () => {
  describeModelRuntimeContract('managed llama-server', async () => ({ runtime: start(program ?? ''), model: 'fable' }));

  test('is started at the operating point, and its own account of memory is reported', async () => {
    const runtime = start(program ?? '');
    try {
      await runtime.load('fable', { contextTokens: 256, parallel: 2, keyCacheType: 'q8_0', valueCacheType: 'q8_0' });
      const [resident] = await runtime.resident();
      expect(resident).toMatchObject({ name: 'fable', contextTokens: 256, deviceBytes: 0 });
      // 6 layers, 2 × 256 cells of 4 × 32 keys and as many values, 34 bytes for 32 of them.
      const cache = (6 * 2 * 256 * 2 * 128 * 34) / 32;
      expect(resident?.sizeBytes).toBeGreaterThan(11_547_648 + cache);
      expect((await runtime.load('fable', { contextTokens: 256 })).loadMs).toBe(0);
      expect(await runtime.info()).toMatchObject({ name: 'llama-server, managed' });
    } finally {
      await runtime.close();
    }
  });

  test('texts are pooled as the file of the model says', async () => {
    const file = path.join(folder, 'pools-last.gguf');
    await copyWithNumbers(sampleModelPath(), file, { 'llama.pooling_type': 3 });
    const metadata = new Map([['llama.pooling_type', 3]]);
    const header = { architecture: 'llama', metadata, tensors: [], version: 3, headerBytes: 0, fileBytes: 0, parts: 1 };
    const inspector: ModelInspector = {
      supports: () => true,
      inspect: async () => ({ header, path: null, digest: null, origin: '', fetchedBytes: 0 }),
    };
    const vectorOf = async (runtime: LlamaServerRuntime, model: string): Promise<readonly number[]> => {
      try {
        return (await runtime.embed(model, ['Once upon a time'])).vectors[0] ?? [];
      } finally {
        await runtime.close();
      }
    };
    const asked = await vectorOf(
      start(program ?? '', { extraArguments: ['--threads', '1', '--pooling', 'last'] }),
      'fable',
    );
    expect(await vectorOf(start(program ?? '', { inspector }), file)).toEqual(asked);
    expect(await vectorOf(start(program ?? ''), 'fable')).not.toEqual(asked);
  });

  test('adapters change the answer; a draft model and heads of the model that guess ahead do not', async () => {
    const adapter = path.join(folder, 'adapter.gguf');
    await writeFile(adapter, createLoraAdapter('blk.5.ffn_down.weight', 768, 256));
    const guesses = path.join(folder, 'guesses.gguf');
    await writeMtpModel(guesses);
    /** The answer, and how many tokens the server has drafted for one like it. */
    const answerOf = async (
      more: readonly string[],
      { load = {}, model = 'fable' }: { readonly load?: LoadOptions; readonly model?: string } = {},
    ): Promise<{ readonly text: string; readonly drafted: number }> => {
      let server: ServerAddress | null = null;
      const runtime = start(program ?? '', {
        extraArguments: ['--threads', '1', ...more],
        connect: (address) => new OpenAiModelRuntime((server = address)),
      });
      try {
        const input = { kind: 'prompt', prompt: 'Once upon a time there was', raw: true } as const;
        let text = '';
        for await (const event of runtime.generate({ model, input, maxTokens: 16, temperature: 0, load })) {
          if (event.type === 'text') text += event.text;
        }
        return { text, drafted: await draftedBy(server) };
      } finally {
        await runtime.close();
      }
    };
    const plain = await answerOf([]);
    const changed = await answerOf(['--lora', adapter]);
    expect(changed.text).not.toBe(plain.text);
    expect(await answerOf([], { load: { adapters: [{ path: adapter, scale: 1 }] } })).toEqual(changed);
    const drafting = await answerOf(['--model-draft', sampleModelPath(), '--spec-type', 'draft-simple']);
    expect(drafting.text).toBe(plain.text);
    const alone = await answerOf([], { model: guesses });
    const ahead = await answerOf(['--spec-type', 'draft-mtp'], { model: guesses });
    expect(ahead.text).toBe(alone.text);
    expect([plain.drafted, alone.drafted]).toEqual([0, 0]);
    for (const { drafted } of [drafting, ahead]) expect(drafted).toBeGreaterThan(0);
  });

  test('fills in between two texts', async () => {
    const file = path.join(folder, 'fills.gguf');
    const marks = { fim_pre: 5, fim_suf: 6, fim_mid: 7 };
    const named = Object.entries(marks).map(([mark, token]) => [`tokenizer.ggml.${mark}_token_id`, token]);
    await copyWithNumbers(sampleModelPath(), file, Object.fromEntries(named) as Readonly<Record<string, number>>);
    const runtime = start(program ?? '');
    try {
      const input = { kind: 'prompt', prompt: 'Once upon a time', suffix: 'happily ever after.' } as const;
      const events = [];
      for await (const event of runtime.generate({ model: file, input, maxTokens: 8, temperature: 0 }))
        events.push(event);
      expect(events.at(-1)).toMatchObject({ type: 'done', stopReason: 'length', timings: { generatedTokens: 8 } });
      expect(events.some((event) => event.type === 'text' && event.text !== '')).toBe(true);
      const without = runtime.generate({ model: 'fable', input, maxTokens: 8 });
      await expect(without[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'capability-missing' });
    } finally {
      await runtime.close();
    }
  });

  test('the example of the README is the file in examples, and works', async () => {
    const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
    expect(read('../README.md')).toContain(`\`\`\`ts\n${read('../examples/own-server.ts')}\`\`\``);
    vi.stubEnv('PATH', `${path.dirname(program ?? '')}${path.delimiter}${process.env['PATH'] ?? ''}`);
    try {
      expect(await continueWith('fable', 'Once upon a time there was', folder)).not.toBe('');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.skipIf(process.platform !== 'linux')('ends with a parent that is killed', async () => {
    const text = `
      const { spawnGuarded } = await import(${JSON.stringify(new URL('../src/guarded-child.ts', import.meta.url).href)});
      const child = spawnGuarded('/bin/sh', ['-c', 'echo $$; exec sleep 600'], process.env);
      child.stdout.on('data', (said) => process.stdout.write(said));`;
    const file = path.join(folder, 'parent.mjs');
    const { default: typescript } = await import('typescript');
    const source = await readFile(new URL('../src/guarded-child.ts', import.meta.url), 'utf8');
    const module = { module: typescript.ModuleKind.ESNext, target: typescript.ScriptTarget.ES2023 };
    const compiled = typescript.transpileModule(source, { compilerOptions: module }).outputText;
    await writeFile(path.join(folder, 'guarded-child.mjs'), compiled);
    await writeFile(file, text.replace(/import\(".*?"\)/, `import('./guarded-child.mjs')`));
    const parent = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (said) => resolve(Number(said))));
    const isAlive = (): boolean => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    };
    expect(isAlive()).toBe(true);
    parent.kill('SIGKILL');
    for (let look = 0; look < 100 && isAlive(); look++) await sleep(50);
    expect(isAlive()).toBe(false);
  });
});

test('a server that ends at once is reported with what it said', async () => {
  const broken = path.join(folder, 'llama-server');
  await writeFile(broken, '#!/bin/sh\necho "error: failed to load model" >&2\nexit 1\n');
  await chmod(broken, 0o755);
  const runtime = start(broken);
  await expect(runtime.load('fable')).rejects.toMatchObject({
    code: 'backend-failed',
    message: 'llama-server ended: error: failed to load model',
  });
  expect(await runtime.resident()).toEqual([]);
  await runtime.close();
});

test('a server that keeps ending is left alone for a while, at that operating point', async () => {
  const broken = path.join(folder, 'ends-at-once');
  await writeFile(broken, '#!/bin/sh\nexit 1\n');
  await chmod(broken, 0o755);
  const runtime = start(broken);
  for (let end = 0; end < 2; end++) await expect(runtime.load('fable')).rejects.toThrow('it said nothing');
  await expect(runtime.load('fable')).rejects.toThrow(/keeps ending with fable; it is started again in 1 s/);
  await expect(runtime.load('fable', { contextTokens: 128 })).rejects.toThrow('it said nothing');
  await runtime.close();
});

test('a projector beside the model comes with it', async () => {
  const own = await mkdtemp(path.join(folder, 'sees-'));
  const echo = path.join(own, 'llama-server');
  await writeFile(echo, '#!/bin/sh\necho "error: $*" >&2\nexit 1\n');
  await chmod(echo, 0o755);
  await copyFile(sampleModelPath(), path.join(own, 'sees-Q8_0.gguf'));
  await writeFile(path.join(own, 'mmproj-sees-F16.gguf'), '');
  const runtime = start(echo);
  await expect(runtime.load(path.join(own, 'sees-Q8_0.gguf'))).rejects.toThrow(
    `--mmproj ${path.join(own, 'mmproj-sees-F16.gguf')}`,
  );
  await runtime.close();
});

test('a program that is not there is a matter of the configuration', () => {
  expect(findProgram(process.execPath)).toBe(process.execPath);
  for (const args of [[null, `${folder}/none`], ['/no/such'], [folder]] as const) {
    expect(() => findProgram(...args)).toThrow(expect.objectContaining({ code: 'invalid-config' }));
  }
});
