import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { errorSchema } from '@plimsoll/contract/schemas';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestUser, type Run } from './plimsoll.js';

let user: TestUser;
let model: string;

beforeAll(async () => {
  user = await TestUser.create();
  model = user.path('fable-f16.gguf');
  const whole = await readFile(sampleModelPath());
  await copyFile(sampleModelPath(), model);
  await mkdir(user.path('folder.gguf'));
  await writeFile(user.path('empty.gguf'), '');
  await writeFile(user.path('text.gguf'), 'This is no model, however much one might wish it.\n');
  await writeFile(user.path('cut-header.gguf'), whole.subarray(0, 1000));
  await writeFile(user.path('cut-data.gguf'), whole.subarray(0, whole.length - 100_000));
});
afterAll(() => user.remove());

/** One clear message, the right code, no stack, nothing on stdout. */
function expectFailure({ code, stdout, stderr }: Run, expected: { code: number; message: RegExp }): void {
  expect({ code, stdout }).toEqual({ code: expected.code, stdout: '' });
  expect(stderr).toMatch(expected.message);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain('should not');
  expect(stderr.match(/^(Error|Stopped): /gm)).toHaveLength(1);
}

const COMMANDS: readonly (readonly [string, (file: string) => readonly string[]])[] = [
  ['plan', (file) => ['plan', file]],
  ['inspect', (file) => ['inspect', file]],
  ['run', (file) => ['run', file, 'Hello']],
  ['quantize', (file) => ['quantize', file, '--to', 'Q4_0']],
  ['compare', (file) => ['compare', file, '--make']],
];

describe.each(COMMANDS)('plimsoll %s', (_name, args) => {
  it.each([
    ['a missing file', 'nowhere.gguf', /no file|no model file/i],
    ['a folder', 'folder.gguf', /director|folder/i],
    ['an empty file', 'empty.gguf', /empty/i],
    ['a file that is no GGUF', 'text.gguf', /no GGUF/i],
    ['a header that is cut off', 'cut-header.gguf', /damaged or was not copied completely/],
  ])('refuses %s', async (_what, file, message) => {
    const before = await readdir(user.folder);
    expectFailure(await user.plimsoll(args(user.path(file))), { code: 1, message });
    expect(await readdir(user.folder)).toEqual(before);
  });

  it('says with exit code 4 that a server does not answer', async () => {
    const run = await user.plimsoll([...args('llama3.1:8b'), '--backend', 'ollama'], {
      env: { OLLAMA_HOST: '127.0.0.1:9' },
    });
    expectFailure(run, { code: 4, message: /127\.0\.0\.1:9/ });
  });

  it('says what is wrong with the configuration, with exit code 2', async () => {
    const config = user.path('wrong.json');
    await writeFile(config, '{"ai": {"quantization_bits": 5}}');
    const run = await user.plimsoll([...args(model), '--config', config]);
    expectFailure(run, { code: 2, message: /ai\.quantization_bits .*is 5.*allowed: 4, 8 or 16/ });
  });

  it('refuses a wrong flag with exit code 2', async () => {
    expectFailure(await user.plimsoll([...args(model), '--no-such-flag']), { code: 2, message: /no-such-flag/ });
  });
});

describe('a model that is cut off in its data', () => {
  it.each(COMMANDS.filter(([name]) => name !== 'inspect'))('is no ground for plimsoll %s', async (_name, args) => {
    const before = await readdir(user.folder);
    expectFailure(await user.plimsoll(args(user.path('cut-data.gguf'))), { code: 1, message: /cut-data\.gguf/ });
    expect(await readdir(user.folder)).toEqual(before);
  });
});

describe('a model that is not there', () => {
  it.each(COMMANDS)('is told by plimsoll %s', async (_name, args) => {
    expectFailure(await user.plimsoll(args('nobody-has-this')), { code: 1, message: /nobody-has-this/ });
  });
});

describe('flags', () => {
  it.each([
    [['plan', 'a.gguf', '--vram', 'much'], /--vram is "much"/],
    [['plan', 'a.gguf', '--kv', 'q9'], /f16/],
    [['plan', 'a.gguf', '--gpu', 'Voodoo 2', '--level', 'Q4_0'], /Voodoo 2|a\.gguf/],
    [['plan', 'a.gguf', '--context', '-1'], /--context/],
    [['quantize', 'a.gguf', '--to', 'Q4KM'], /Q4_K_M/],
    [['run', 'a.gguf', 'x', '--temperature', 'hot'], /--temperature is "hot"/],
    [['compare', 'a.gguf', '--iterations', 'x'], /--iterations is "x"/],
    [['models', '--backend', 'olama'], /ollama/],
    [['serve', '--port', '99999'], /--port is "99999"/],
  ])('%j are refused', async (args, message) => {
    const run = await user.plimsoll(args);
    expect([1, 2]).toContain(run.code);
    expectFailure(run, { code: run.code ?? 0, message });
  });

  it('leave stdout empty and give one JSON document on stderr with --json', async () => {
    const { code, stdout, stderr } = await user.plimsoll(['plan', 'nowhere.gguf', '--json']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(errorSchema.parse(JSON.parse(stderr))).toMatchObject({ code: 'model-not-found', exitCode: 1 });
  });

  it('show a stack only when it is asked for', async () => {
    const { stderr } = await user.plimsoll(['plan', 'nowhere.gguf'], { env: { PLIMSOLL_DEBUG: '1' } });
    expect(stderr).toMatch(/^\s+at /m);
  });
});

const isRoot = process.getuid?.() === 0;
const mountable = isRoot && spawnSync('mount', ['--version']).status === 0 && canMount();

function canMount(): boolean {
  const folder = spawnSync('mktemp', ['-d'], { encoding: 'utf8' }).stdout.trim();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0;
  if (mounted) spawnSync('umount', [folder]);
  return mounted;
}

describe.skipIf(!mountable)('disks (needs the right to mount a small one)', () => {
  let disk: string;

  async function mounted(name: string, options: string, use: () => Promise<void>): Promise<void> {
    disk = user.path(name);
    await mkdir(disk, { recursive: true });
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status).toBe(0);
    try {
      await use();
    } finally {
      spawnSync('umount', [disk]);
    }
  }

  it('that are full stop a quantization, which leaves nothing behind', async () => {
    await mounted('full', 'size=1m', async () => {
      const run = await user.plimsoll(['quantize', model, '--to', 'Q8_0', '--out', `${disk}/out.gguf`]);
      expectFailure(run, { code: 1, message: /disk|room|space/i });
      expect(await readdir(disk)).toEqual([]);
    });
  });

  it('that are full stop the demo', async () => {
    await mounted('full-cache', 'size=1m', async () => {
      const run = await user.plimsoll(['demo'], { env: { XDG_CACHE_HOME: disk } });
      expectFailure(run, { code: 1, message: /disk is full/ });
      expect(await readdir(`${disk}/plimsoll/demo`)).toEqual([]);
    });
  });

  it('that may not be written to are named', async () => {
    await mounted('read-only', 'size=1m,ro', async () => {
      const out = await user.plimsoll(['quantize', model, '--to', 'Q8_0', '--out', `${disk}/out.gguf`]);
      expectFailure(out, { code: 1, message: /read-only|cannot be written|permission/i });
      const config = await user.plimsoll(['config', 'set', 'ai.quantization_bits', '4', '--config', `${disk}/c.json`]);
      expectFailure(config, { code: 1, message: /read-only|written/i });
      const report = await user.plimsoll(['compare', model, '--report', `${disk}/r.html`]);
      expectFailure(report, { code: 1, message: /nothing may be written/ });
    });
  });
});
