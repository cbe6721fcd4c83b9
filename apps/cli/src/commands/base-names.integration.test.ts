import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../run-program.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-names-'));
  await copyFile(sampleModelPath(), path.join(folder, 'fable-5m-f16.gguf'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const plimsoll = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const shown = { out: '', err: '' };
  const code = await runProgram(args, {
    stdin: Object.assign((async function* () {})(), { isTTY: true }),
    stdout: { write: (text: string) => ((shown.out += text), true), isTTY: false },
    stderr: { write: (text: string) => ((shown.err += text), true), isTTY: false },
    env: {
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_CACHE_HOME: folder,
      PLIMSOLL_MODELS_FOLDER: folder,
      PLIMSOLL_STORE_FILE: path.join(folder, 'measurements.db'),
      ...env,
    },
    signal: new AbortController().signal,
    version: '0.0.0',
    nowMs: () => performance.now(),
  });
  return { code, ...shown };
};

describe('a base name stands for the variants of its model', () => {
  test('plan and run find the F16 sibling, and make the level from it', async () => {
    const plan = await plimsoll(['plan', 'fable-5m', '--vram', '8GB', '--json']);
    expect(plan.err).toBe('');
    expect(JSON.parse(plan.out)).toMatchObject({ recommended: { level: 'Q8_0' } });

    const run = await plimsoll(['run', 'fable-5m', '--level', 'Q3_K_M', '--max-tokens', '2', '--json', 'Once']);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({ variant: { name: 'fable-5m-Q3_K_M', made: 'quantize' } });
    expect(await readdir(folder)).toContain('fable-5m-Q3_K_M.gguf');
  });

  test('a quantized name is made anew from that sibling', async () => {
    expect((await plimsoll(['quantize', 'fable-5m', '--to', 'Q8_0'])).code).toBe(0);
    const run = await plimsoll(['run', 'fable-5m-Q8_0', '--level', 'Q4_K_M', '--max-tokens', '2', '--json', 'Once']);
    expect(JSON.parse(run.out)).toMatchObject({ variant: { name: 'fable-5m-Q4_K_M', made: 'quantize' } });
  });
});

test('models --names prints what completion offers', async () => {
  expect((await plimsoll(['models', '--names'])).out.split('\n')).toContain('fable-5m-f16');
});

test('ai.llm_model is the model of a command that names none', async () => {
  const plan = await plimsoll(['plan', '--vram', '8GB', '--json'], { PLIMSOLL_MODEL: 'fable-5m-f16' });
  expect(plan.code).toBe(0);
  const none = await plimsoll(['plan']);
  expect(none).toMatchObject({ code: 2, out: '' });
  expect(none.err).toContain('plimsoll config set ai.llm_model');
});
