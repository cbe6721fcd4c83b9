import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mayStart } from './may-start.js';

test('a program is looked for along the path; paths and Windows are left to the system', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'may-start-'));
  try {
    expect(mayStart('tool', `/nowhere:${folder}`, 'linux')).toBe(false);
    await writeFile(join(folder, 'tool'), '');
    expect(mayStart('tool', `/nowhere:${folder}`, 'linux')).toBe(true);
    expect(mayStart('/nowhere/tool', folder, 'linux')).toBe(true);
    expect(mayStart('other', folder, 'win32')).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
