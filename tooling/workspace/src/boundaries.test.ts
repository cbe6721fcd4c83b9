import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { forbidden } = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs') as {
  forbidden: { name: string }[];
};

/** For each rule a file that breaks it, and what that file imports. */
const offenders: Record<string, { readonly file: string; readonly imports: string }> = {
  'no-cycles': { file: 'packages/domain/src/egg.ts', imports: './hen.js' },
  'domain-is-pure': { file: 'packages/domain/src/impure.ts', imports: 'node:fs' },
  'application-knows-only-the-domain': {
    file: 'packages/application/src/impure.ts',
    imports: '../../adapter-x/src/index.js',
  },
  'contract-knows-no-adapter': { file: 'packages/contract/src/impure.ts', imports: '../../adapter-x/src/index.js' },
  'adapters-do-not-know-each-other': {
    file: 'packages/adapter-y/src/neighbour.ts',
    imports: '../../adapter-x/src/index.js',
  },
  'only-the-hub-reads-gguf': { file: 'packages/adapter-y/src/gguf.ts', imports: '../../adapter-gguf/src/index.js' },
  'inversify-stays-at-the-rim': { file: 'packages/adapter-y/src/container.ts', imports: 'inversify' },
  'packages-do-not-import-apps': { file: 'packages/sdk/src/app.ts', imports: '../../../apps/http/src/index.js' },
  'apps-enter-by-the-front-door': { file: 'apps/cli/src/inside.ts', imports: '../../http/src/routes.js' },
  'no-test-code-in-products': { file: 'packages/sdk/src/fake.ts', imports: '../../testing/src/index.js' },
  'not-to-unresolvable': { file: 'packages/adapter-y/src/lost.ts', imports: './nowhere.js' },
};

/** Imports that look like the forbidden ones and are allowed. */
const keepers = {
  'packages/adapter-hub/src/inspector.ts': '../../adapter-gguf/src/index.js',
  'packages/adapter-y/src/inversify.ts': 'inversify',
  'packages/application/src/use-case.ts': '../../domain/src/index.js',
  'packages/sdk/src/entry.test.ts': '../../testing/src/index.js',
  'apps/cli/src/serve.ts': '../../http/src/index.js',
};

const targets = [
  'packages/adapter-x/src/index.ts',
  'packages/adapter-gguf/src/index.ts',
  'packages/domain/src/index.ts',
  'packages/testing/src/index.ts',
  'apps/http/src/index.ts',
  'apps/http/src/routes.ts',
];

let folder: string;
let broken: readonly { readonly rule: string; readonly from: string }[];

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-boundaries-'));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.base.json', 'package.json']) {
    copyFileSync(path.join(root, name), path.join(folder, name));
  }
  const put = (file: string, text: string): void => {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  };
  for (const file of targets) put(file, 'export const imported = 1;\n');
  put('packages/domain/src/hen.ts', "export * from './egg.js';\n");
  for (const { file, imports } of Object.values(offenders)) put(file, `export * from '${imports}';\n`);
  for (const [file, imports] of Object.entries(keepers)) put(file, `export * from '${imports}';\n`);
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  symlinkSync(
    path.join(root, 'packages', 'di', 'node_modules'),
    path.join(folder, 'packages', 'node_modules'),
    'junction',
  );

  const bin = path.join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = [bin, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages', 'apps'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (!stdout.startsWith('{')) throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } };
  broken = summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every rule has a file here that breaks it', () => {
  expect(forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(offenders).sort());
});

test.each(Object.entries(offenders))('%s: a forbidden import is caught', (rule, { file }) => {
  expect(broken).toContainEqual({ rule, from: file });
});

test.each(Object.entries(keepers))('%s may import %s', (file) => {
  expect(broken.filter(({ from }) => from === file)).toEqual([]);
});
