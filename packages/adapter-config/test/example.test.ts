import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundle } from './bundle.js';
import { scratchFolder } from './scratch-folder.js';

const example = new URL('../examples/settings.ts', import.meta.url);
const source = readFileSync(example, 'utf8');

describe('the example of the README', () => {
  it('is the file in examples', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`\`\`\`ts\n${source}\`\`\``);
  });

  it('prints what its comments say', async () => {
    const folder = scratchFolder();
    const program = await bundle(fileURLToPath(example), folder);
    const env = { PATH: process.env['PATH'] };
    const { stdout } = await promisify(execFile)(process.execPath, [program, join(folder, 'config.json')], { env });
    const promised = [...source.matchAll(/\/\/ (.*)$/gmu)].map(([, comment]) => comment);
    expect(stdout.trimEnd().split('\n')).toEqual(promised);
  });
});
