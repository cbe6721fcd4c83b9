import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-boundaries-'));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.base.json', 'package.json']) {
    copyFileSync(path.join(root, name), path.join(folder, name));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (file: string, text: string): void => {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
};

/** Names of the rules that the tree in the folder breaks. */
const brokenRules = (): readonly string[] => {
  const bin = path.join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = [bin, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (!stdout.startsWith('{')) throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return summary.violations.map(({ rule }) => rule.name);
};

test('a tree that keeps the rules breaks none', () => {
  put('packages/domain/src/a.ts', "export { b } from './b.js';\n");
  put('packages/domain/src/b.ts', 'export const b = 1;\n');
  expect(brokenRules()).toEqual([]);
});

test.each([
  [
    'domain-is-pure',
    'packages/domain/src/a.ts',
    "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n",
  ],
  [
    'application-knows-only-the-domain',
    'packages/application/src/a.ts',
    "import { b } from '../../adapter-x/src/b.js';\nexport const a = b;\n",
  ],
  [
    'contract-knows-no-adapter',
    'packages/contract/src/a.ts',
    "import { b } from '../../adapter-x/src/b.js';\nexport const a = b;\n",
  ],
  [
    'adapters-do-not-know-each-other',
    'packages/adapter-y/src/a.ts',
    "import { b } from '../../adapter-x/src/b.js';\nexport const a = b;\n",
  ],
  [
    'inversify-stays-at-the-rim',
    'packages/adapter-x/src/a.ts',
    "import { Container } from 'inversify';\nexport const a = Container;\n",
  ],
  ['not-to-unresolvable', 'packages/adapter-x/src/a.ts', "import { c } from './nowhere.js';\nexport const a = c;\n"],
])('%s: a forbidden import is caught', (rule, file, text) => {
  put('packages/adapter-x/src/b.ts', 'export const b = 1;\n');
  symlinkSync(
    path.join(root, 'packages', 'di', 'node_modules'),
    path.join(folder, 'packages', 'node_modules'),
    'junction',
  );
  put(file, text);
  expect(brokenRules()).toContain(rule);
});
