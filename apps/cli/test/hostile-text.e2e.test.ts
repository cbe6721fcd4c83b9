import { writeFile } from 'node:fs/promises';
import { createGguf, type GgufSpec } from '@plimsoll/adapter-gguf/writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestUser, type Run } from './plimsoll.js';

let user: TestUser;
beforeAll(async () => {
  user = await TestUser.create({ FORCE_COLOR: '1' });
});
afterAll(() => user.remove());

/** Writes the clipboard, clears the screen, ends the text, returns, and turns the direction of writing. */
const EVIL = 'x\u001b]52;c;cm0gLXJmIC8=\u0007\u001b[2J\0\r\n\u202e\u2066y';
const ENDLESS = 'N'.repeat(1024 ** 2);

const model = ({ name = 'm', key = 'k', tensor = 't.weight', architecture = 'llama' } = {}): GgufSpec => ({
  metadata: {
    'general.architecture': architecture,
    'general.name': name,
    'tokenizer.chat_template': name,
    [`${architecture}.block_count`]: 1,
    [`${architecture}.context_length`]: 128,
    [`${architecture}.embedding_length`]: 32,
    [`${architecture}.attention.head_count`]: 1,
    [key]: name,
  },
  tensors: [{ name: tensor, type: 'F32', shape: [32, 4] }],
});

/** Nothing but text, line breaks and the program's own colours; no endless name, unless it is a program that reads. */
function expectPrintable({ stdout, stderr }: Run, forPeople = true): void {
  for (const text of [stdout, stderr]) {
    const plain = text.replaceAll(/\u001b\[\d{1,2}m/g, '');
    expect(plain).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    if (forPeople) expect(plain).not.toMatch(/N{121}/);
  }
}

const FILES: readonly (readonly [string, GgufSpec])[] = [
  ['a name', model({ name: EVIL })],
  ['a key', model({ key: EVIL })],
  ['a tensor', model({ tensor: EVIL })],
  ['an architecture', model({ architecture: EVIL })],
  ['an endless name', model({ name: ENDLESS })],
  ['a name of a thousand lines', model({ name: 'line\n'.repeat(1000) })],
  ['an endless architecture', model({ architecture: 'N'.repeat(60_000) })],
  ['a shape beside an evil tensor', { ...model(), tensors: [{ name: EVIL, type: 'Q4_K', bytes: 1, shape: [7, 1] }] }],
];

describe.each(FILES)('%s out of a hostile file', (_what, spec) => {
  it.each([
    ['inspect', ['--tensors', '--metadata']],
    ['inspect', ['--tensors', '--metadata', '--json']],
    ['plan', ['--vram', '8GB']],
    ['plan', ['--vram', '8GB', '--json']],
    ['quantize', ['--to', 'Q4_0']],
    ['run', ['Hello', '--timings']],
  ])('does not act on the terminal of plimsoll %s %j', async (command, flags) => {
    const file = user.path('hostile.gguf');
    await writeFile(file, [createGguf(spec), new Uint8Array(512)]);
    const run = await user.plimsoll([command, file, ...flags]);
    expectPrintable(run, !flags.includes('--json'));
    expect([0, 1]).toContain(run.code);
    expect(run.stdout + run.stderr).not.toBe('');
  });
});

describe('what a user hands on', () => {
  it.each([
    [['inspect', EVIL.replace('\0', '')]],
    [['plan', EVIL.replace('\0', '')]],
    [['plan', 'a.gguf', `--${EVIL.replace('\0', '')}`]],
    [['config', 'get', EVIL.replace('\0', '')]],
    [['schema', EVIL.replace('\0', '')]],
  ])('is as harmless: %j', async (args) => {
    expectPrintable(await user.plimsoll(args));
  });

  it('is as harmless in a file’s name', async () => {
    const file = user.path('a\u001b[2J\r\u202e.gguf');
    await writeFile(file, [createGguf(model()), new Uint8Array(512)]);
    for (const command of ['inspect', 'plan']) {
      const run = await user.plimsoll([command, file]);
      expect(run.code).toBe(0);
      expectPrintable(run);
    }
  });
});
