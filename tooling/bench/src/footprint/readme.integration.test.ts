import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeSparseGguf } from '@plimsoll/testing/gguf';
import { expect, it } from 'vitest';
import { MODEL_ZOO, zooSpec } from './model-zoo.mjs';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

it('the plan in the README is what the command prints', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-readme-'));
  try {
    const model = MODEL_ZOO.find(({ id }) => id === 'llama-3.1-8b');
    if (model === undefined) throw new Error('there is no such model');
    const named = { ...model, metadata: { ...model.metadata, 'general.name': 'Meta Llama 3.1 8B Instruct' } };
    await writeSparseGguf(join(folder, 'llama-3.1-8b-f16.gguf'), zooSpec(named));
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const [, command = '', shown = ''] = /```console\n\$ plimsoll (plan .*)\n([^`]*)```/u.exec(readme) ?? [];
    const words = [...command.matchAll(/"([^"]*)"|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const program = join(root, 'apps/cli/bin/plimsoll.js');
    const environment = { PATH: process.env['PATH'], HOME: folder };
    const options = { cwd: folder, env: environment };
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...words], options);
    // Dots stand for what the README leaves out.
    const lines = shown.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(15);
    const printed = stdout.split('\n');
    for (const line of lines.filter((text) => text.trim() !== '…')) {
      const start = line.replace(/ …$/u, '');
      const isShown = (text: string): boolean => (start === line ? text === line : text.startsWith(start));
      expect(printed.some(isShown), line).toBe(true);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
