import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundle } from './bundle.js';
import { storeFile } from './store-file.js';

const example = new URL('../examples/keep-and-ask.ts', import.meta.url);
const source = readFileSync(example, 'utf8');

describe('the example of the README', () => {
  it('is the file in examples', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`\`\`\`ts\n${source}\`\`\``);
  });

  it('prints what its comments say', async () => {
    const { file, remove } = await bundle(fileURLToPath(example));
    onTestFinished(remove);
    const data = dirname(storeFile());
    const { stdout } = await promisify(execFile)(process.execPath, [file, data]);
    const promised = [...source.matchAll(/\/\/ (.*)$/gmu)].map(([, comment]) => comment);
    expect(stdout.trimEnd().split('\n')).toEqual(promised);
  });
});
