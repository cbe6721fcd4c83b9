import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folders = ['packages', 'apps'].flatMap((group) =>
  readdirSync(path.join(root, group)).map((name) => path.join(group, name)),
);

const filesBelow = (folder: string, pattern: RegExp): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => pattern.test(file) && !file.includes('node_modules'))
        .map((file) => path.join(folder, file))
    : [];

describe.each(folders)('%s', (folder) => {
  const home = path.join(root, folder);
  const readme = path.join(home, 'README.md');
  const examples = filesBelow(path.join(home, 'examples'), /\.ts$/);

  test('has a README', () => {
    expect(existsSync(readme)).toBe(true);
  });

  test('its TypeScript examples are files that a test runs', () => {
    const blocks = [...readFileSync(readme, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
    const texts = new Map(examples.map((file) => [readFileSync(file, 'utf8').trim(), file]));
    const tests = ['src', 'test'].flatMap((part) => filesBelow(path.join(home, part), /\.test\.ts$/));
    const testText = tests.map((file) => readFileSync(file, 'utf8')).join('\n');
    for (const block of blocks) {
      const file = texts.get(block.trim());
      expect(file, `no file under ${folder}/examples is:\n${block}`).toBeDefined();
      expect(testText).toContain(`examples/${path.basename(file ?? '', '.ts')}`);
    }
    if (folder.startsWith('packages')) expect(blocks.length).toBeGreaterThan(0);
  });
});
