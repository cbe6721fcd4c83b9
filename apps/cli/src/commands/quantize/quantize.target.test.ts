import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { targetFile } from './quantize.target.js';

const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-target-'));
afterAll(() => rmSync(folder, { recursive: true }));

const target = (out: string, force = false): Promise<string> =>
  targetFile({ model: 'models/tale-f16.gguf', level: 'Q4_K_M', out, force });

describe('the target of --out', () => {
  it.each([
    ['a folder', folder, 'tale-Q4_K_M.gguf'],
    ['a folder with a slash', `${folder}/`, 'tale-Q4_K_M.gguf'],
    ['a file', `${folder}/small.gguf`, 'small.gguf'],
    ['a file with another extension', `${folder}/small.bin`, 'small.bin'],
  ])('is, for %s, exactly there', async (_what, out, name) => {
    expect(await target(out)).toBe(path.join(folder, name));
  });

  it('is a name in the models folder when it is a bare word', async () => {
    expect(await target('small')).toBe('small');
  });

  it('is never a file that is there, unless it is forced', async () => {
    const file = path.join(folder, 'there.gguf');
    writeFileSync(file, 'precious');
    await expect(target(file)).rejects.toMatchObject({
      code: 'invalid-input',
      hint: 'Overwrite it with --force, or name another file.',
    });
    expect(await target(file, true)).toBe(file);
  });

  it.skipIf(process.platform === 'win32')('is never a device, forced or not', async () => {
    await expect(target('/dev/null', true)).rejects.toThrow('/dev/null, which is not a regular file');
  });

  it('is in a folder that exists', async () => {
    await expect(target(path.join(folder, 'none', 'x.gguf'))).rejects.toThrow('there is no folder');
  });
});
