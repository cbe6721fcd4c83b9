import { spawnSync } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BIN, TestUser } from './plimsoll.js';

const TERMINAL = fileURLToPath(new URL('terminal.py', import.meta.url));
const hasTerminal = process.platform !== 'win32' && spawnSync('python3', ['-c', 'import pty']).status === 0;
const LIMIT_S = 150;

const seen = z.object({ code: z.number(), shown: z.string(), left: z.number() });
type Seen = z.infer<typeof seen>;

describe.skipIf(!hasTerminal)('plimsoll run on a terminal', () => {
  let user: TestUser;
  let model: string;

  beforeAll(async () => {
    user = await TestUser.create({ TERM: 'xterm', COLUMNS: '200' });
    model = user.path('tale.gguf');
    await copyFile(sampleModelPath(), model);
  });
  afterAll(() => user.remove());

  /** Types each text once the one before it was shown. */
  function type(args: readonly string[], steps: readonly (readonly [string, string])[]): Seen {
    const command = [process.execPath, BIN, ...args];
    const { stdout, stderr } = spawnSync('python3', [TERMINAL, JSON.stringify(steps), String(LIMIT_S), ...command], {
      cwd: user.folder,
      env: user.env,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return seen.parse(JSON.parse(stdout));
  }

  it('is a chat that answers, remembers lines, shows figures, changes levels and is left', () => {
    const { code, shown, left } = type(
      ['run', model, '--max-tokens', '12', '--seed', '1'],
      [
        ['>>> ', '/help\r'],
        ['>>> ', 'Once upon a time\r'],
        ['>>> ', '\u001b[A\r'],
        ['>>> ', '/stats\r'],
        ['2 answers', '/level q4_0\r'],
        ['>>> ', '"""one\r'],
        ['... ', 'two"""\r'],
        ['>>> ', '/clear\r'],
        ['forgotten', '/nosuch\r'],
        ['>>> ', '\u0004'],
      ],
    );
    expect({ code, left }, shown).toEqual({ code: 0, left: 0 });
    expect(shown).toContain('/level [LEVEL]');
    expect(shown).toMatch(/runs as .*recommended for this machine: on the processor/);
    expect(shown).toMatch(/2 answers; the last: 12 tokens in/);
    expect(shown).toContain('tale-Q4_0.gguf (Q4_0), as asked for');
    expect(shown).toContain('There is no command /nosuch');
  });

  it('stops an answer by Ctrl-C, and goes on', () => {
    const { code, shown, left } = type(
      ['run', model, '--max-tokens', '3000', '--context', '4096', '--temperature', '2'],
      [
        ['>>> ', 'Tell me a long tale\r'],
        ['tokens/s', '\u0003'],
        ['(stopped)', 'half a line'],
        ['half a line', '\u0003'],
        ['>>> ', '/bye\r'],
      ],
    );
    expect({ code, left }, shown).toEqual({ code: 0, left: 0 });
  });
});

describe('plimsoll run without a terminal', () => {
  it('says that a prompt is missing, and makes nothing', async () => {
    const user = await TestUser.create();
    const model = user.path('tale.gguf');
    await copyFile(sampleModelPath(), model);
    const { code, stderr } = await user.plimsoll(['run', model]);
    expect(code).toBe(2);
    expect(stderr).toContain('prompt from stdin is empty');
    await user.remove();
  });
});
