import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { locatePeer } from '@plimsoll-tooling/peers';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { openConfig, openPlimsoll } from '@plimsoll/composition';
import { statedLevel } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../../run-program.js';

let folder: string;
/** As the recipe below makes of the sample model. */
const NAME = 'mixed-4.69bpw';
const TEXT = 'Once upon a time there was a king who had three sons. '.repeat(12);
const server = locatePeer('llama-server');

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-recipe-variant-'));
  await copyFile(sampleModelPath(), path.join(folder, 'fable-F16.gguf'));
  const recipe = 'plimsoll-level-Q3_K_M=q8_0\nblk\\.\\d+\\.attn_v=q6_K\nblk\\.[0-3]\\.ffn_down=q5_K\n';
  await writeFile(path.join(folder, 'recipe.txt'), recipe);
  const made = await plimsoll([
    'quantize',
    'fable-F16',
    '--recipe',
    path.join(folder, 'recipe.txt'),
    '--imatrix',
    'none',
  ]);
  expect(made.code, made.err).toBe(0);
  expect(made.out).toContain(`fable-${NAME}.gguf: ${NAME}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const plimsoll = async (args: readonly string[]) => {
  const shown = { out: '', err: '' };
  const code = await runProgram(args, {
    stdin: Object.assign((async function* () {})(), { isTTY: true }),
    stdout: { write: (text: string) => ((shown.out += text), true), isTTY: false },
    stderr: { write: (text: string) => ((shown.err += text), true), isTTY: false },
    env: {
      ...{ HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder, PLIMSOLL_MODELS_FOLDER: folder },
      PLIMSOLL_STORE_FILE: path.join(folder, 'measurements.db'),
    },
    signal: new AbortController().signal,
    version: '0.0.0',
    nowMs: () => performance.now(),
  });
  return { code, ...shown };
};

const answer = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
  const { code, out, err } = await plimsoll([...args, '--json']);
  expect(code, err).toBe(0);
  return JSON.parse(out) as Record<string, unknown>;
};

test('the file says by what it was made, and is listed under that name', async () => {
  const file = path.join(folder, `fable-${NAME}.gguf`);
  const { header } = await new FileModelInspector().inspect({ kind: 'file', path: file });
  expect(statedLevel(header)).toBe(NAME);
  expect(Number(NAME.slice('mixed-'.length, -'bpw'.length))).toBeCloseTo(
    ((await stat(file)).size * 8) /
      header.tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    1,
  );
  expect(await answer('models')).toMatchObject({
    models: [{ name: 'fable-F16' }, { name: `fable-${NAME}`, level: NAME }],
  });
});

test.each(['a name', 'a path'])('plan has it among the variants of %s', async (kind) => {
  const model = kind === 'a name' ? 'fable-F16' : path.join(folder, 'fable-F16.gguf');
  const { header } = await new FileModelInspector().inspect({
    kind: 'file',
    path: path.join(folder, `fable-${NAME}.gguf`),
  });
  const bytes = header.tensors.reduce((sum, tensor) => sum + Math.ceil(tensor.bytes / 32) * 32, 0);
  const { candidates } = await answer('plan', model, '--vram', '0');
  expect(candidates).toContainEqual(
    expect.objectContaining({
      level: NAME,
      variant: { name: expect.stringContaining(`fable-${NAME}`) as string, status: 'local' },
      footprint: expect.objectContaining({ host: expect.objectContaining({ weights: bytes }) as object }) as object,
    }),
  );
});

test('run takes it by its level, and compare measures it; plan then has that figure', async () => {
  const run = await answer('run', 'fable-F16', '--level', NAME.toUpperCase(), '--max-tokens', '2', 'Once');
  expect(run).toMatchObject({ variant: { name: `fable-${NAME}`, level: NAME, made: null } });
  const text = path.join(folder, 'text.txt');
  await writeFile(text, TEXT);
  const levels = ['--levels', NAME, '--reference', 'F16', '--iterations', '0', '--window', '64', '--text', text];
  const compared = await answer('compare', 'fable-F16', ...levels);
  const meanKld = (compared['levels'] as { level: string; quality: { meanKld: number } }[])[1]?.quality.meanKld;
  const { candidates } = await answer('plan', 'fable-F16', '--level', NAME, '--vram', '0', '--kv', 'f16');
  expect(candidates).toMatchObject([{ expected: { quality: { meanKld, source: 'measured' } } }]);
  expect(meanKld).toBeGreaterThan(0);
});

test.skipIf(server === null)(
  `the real llama-server answers with it, in numbers${server === null ? ' (skipped: npm run peers has not built it)' : ''}`,
  async () => {
    const environment = { HOME: folder, PLIMSOLL_MODELS_FOLDER: folder, PLIMSOLL_BACKEND: 'llama-server' };
    const config = openConfig({ environment: { ...environment, PLIMSOLL_LLAMA_SERVER: server ?? '' } });
    const opened = await openPlimsoll({ config, cacheFolder: folder });
    try {
      const runtime = await (await opened.lease()).value.runtime();
      const request = {
        model: `fable-${NAME}`,
        input: { kind: 'prompt', raw: true, prompt: 'Once upon a time' },
      } as const;
      let text = '';
      const logprobs: number[] = [];
      for await (const event of runtime.generate({ ...request, maxTokens: 8, temperature: 0, topLogprobs: 2 })) {
        if (event.type !== 'text') continue;
        text += event.text;
        logprobs.push(...(event.topLogprobs ?? []).map(({ logprob }) => logprob));
      }
      expect(text.trim()).not.toBe('');
      expect(logprobs.length).toBeGreaterThan(0);
      expect(logprobs.every(Number.isFinite)).toBe(true);
    } finally {
      await opened.close();
    }
  },
);

test('as a source it is quantized already: refused, or allowed with a warning', async () => {
  const source = path.join(folder, `fable-${NAME}.gguf`);
  const args = ['quantize', source, '--to', 'Q2_K', '--imatrix', 'none', '--out', path.join(folder, 'twice.gguf')];
  const refused = await plimsoll(args);
  expect(refused.code).not.toBe(0);
  expect(refused.err).toContain('already quantized');
  const allowed = await plimsoll([...args, '--allow-requantize']);
  expect(allowed.code, allowed.err).toBe(0);
  expect(allowed.err).toContain(`is ${NAME} already: what it lost stays lost`);
});

test('as the source of another recipe it is refused before anything is measured', async () => {
  const source = path.join(folder, `fable-${NAME}.gguf`);
  const refused = await plimsoll(['quantize', source, '--target-bpw', '3.5', '--imatrix', 'none']);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('already quantized');
  expect(refused.err).toContain('Start from an F16, BF16 or F32 file.');
});

test('one that is not here is not made by its name', async () => {
  const run = await plimsoll(['run', 'fable-F16', '--level', 'mixed-4.00bpw', '--strict', 'Once']);
  expect(run.code).not.toBe(0);
  expect(run.err).toContain('There is no variant mixed-4.00bpw of fable-F16.');
  expect(run.err).toContain('--target-bpw');
});
