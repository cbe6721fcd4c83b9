import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateAdapter } from './generate.mjs';
import { adapterNames } from './names.mjs';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const neighbour = join(repository, 'packages/adapter-openai/node_modules');
let root: string;
let folder: string;

/** The command line of the repository, with the table of backends that the generator has written. */
const THROUGH_THE_CLI = `
  import { expect, test } from 'vitest';
  import { runProgram } from ${JSON.stringify(join(repository, 'apps/cli/src/run-program.ts'))};

  test('runs', async () => {
    const shown = { out: '', err: '' };
    const folder = ${JSON.stringify(tmpdir())};
    const code = await runProgram(['run', 'tale:1b', 'Once', '--backend', 'text-generation', '--json'], {
      stdin: process.stdin,
      stdout: { write: (text) => ((shown.out += text), true), isTTY: false },
      stderr: { write: (text) => ((shown.err += text), true), isTTY: false },
      env: { HOME: folder, PLIMSOLL_STORE_FILE: process.cwd() + '/measurements.db', PLIMSOLL_CONFIG: process.cwd() + '/config.json' },
      signal: new AbortController().signal,
      version: '0.0.0',
      nowMs: () => performance.now(),
    });
    expect(shown.err).toBe('');
    expect(code).toBe(0);
    const { variant, text } = JSON.parse(shown.out);
    expect(variant.name).toBe('tale:1b');
    expect(text).toContain('a fox who lived');
  });
`;

/** Runs a program of the workspace on the new package. */
const check = (program: string, ...args: string[]): { status: number | null; output: string } => {
  const main = join(repository, 'node_modules', program);
  const result = spawnSync(process.execPath, [main, ...args], { cwd: root, encoding: 'utf8' });
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
};

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-new-adapter-')));
  mkdirSync(join(root, 'packages/adapter-openai'), { recursive: true });
  const copied = [
    ...['packages/adapter-openai/package.json', 'tsconfig.base.json', '.oxfmtrc.json'],
    ...['packages/composition/package.json', 'packages/composition/src/backends.ts'],
  ];
  for (const file of copied) cpSync(join(repository, file), join(root, file));
  cpSync(join(repository, 'tooling/tsconfig'), join(root, 'tooling/tsconfig'), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
  ({ folder } = await generateAdapter('adapter-text-generation', root));

  // What an installation would link.
  mkdirSync(join(folder, 'node_modules/@plimsoll'), { recursive: true });
  for (const name of ['@plimsoll/di', '@plimsoll/domain', '@plimsoll/testing', 'inversify', 'reflect-metadata']) {
    symlinkSync(realpathSync(join(neighbour, name)), join(folder, 'node_modules', name), 'junction');
  }
  const conditions = JSON.stringify(['@plimsoll/source', 'node', 'import', 'module', 'default']);
  writeFileSync(
    join(root, 'vitest.config.mjs'),
    `const conditions = ${conditions};
     export default { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } },
       test: { include: ['packages/adapter-text-generation/test/**/*.test.ts'] } };`,
  );
  symlinkSync(join(repository, 'packages/composition/node_modules'), join(root, 'packages/composition/node_modules'));
  writeFileSync(
    join(root, 'vitest.composed.mjs'),
    `const conditions = ${conditions};
     const alias = [
       { find: /^\\.\\/backends\\.js$/, replacement: ${JSON.stringify(join(root, 'packages/composition/src/backends.ts'))} },
       { find: '@plimsoll/adapter-text-generation/backend', replacement: ${JSON.stringify(join(folder, 'src/backend.ts'))} },
     ];
     export default { resolve: { conditions, alias }, ssr: { resolve: { conditions, externalConditions: conditions } },
       test: { include: ['composed/*.test.ts'] } };`,
  );
  mkdirSync(join(root, 'composed'));
  writeFileSync(join(root, 'composed/cli.test.ts'), THROUGH_THE_CLI);
  writeFileSync(join(root, 'config.json'), '{}');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a new adapter', () => {
  test('passes the contract suite from the start', { timeout: 120_000 }, () => {
    const report = join(root, 'report.json');
    const args = ['run', '--root', root, '--config', 'vitest.config.mjs', '--reporter=json', `--outputFile=${report}`];
    const { status, output } = check('vitest/vitest.mjs', ...args);
    expect(output).not.toContain('FAIL');
    expect(status).toBe(0);
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: { assertionResults: { fullName: string; status: string }[] }[];
    };
    const passed = testResults.flatMap((file) => file.assertionResults).map((result) => result.fullName);
    expect(passed).toContain(
      'ModelRuntime contract: Text Generation in memory streams text, then exactly one done event at the end',
    );
  });

  test('is composed by its line in the table, and runs through the command line', { timeout: 120_000 }, () => {
    const table = readFileSync(join(root, 'packages/composition/src/backends.ts'), 'utf8');
    expect(table).toContain(
      "export { backend as 'text-generation' } from '@plimsoll/adapter-text-generation/backend';\n",
    );
    const { status, output } = check('vitest/vitest.mjs', 'run', '--root', root, '--config', 'vitest.composed.mjs');
    expect(output).not.toContain('FAIL');
    expect(status).toBe(0);
  });

  test('has the right types', { timeout: 120_000 }, () => {
    const declarations = ['--declaration', 'true', '--isolatedDeclarations', 'true'];
    expect(check('@typescript/native/bin/tsc', '-p', folder, ...declarations)).toEqual({ status: 0, output: '' });
  });

  test('shows its example in the README, also once both are formatted', () => {
    check('oxfmt/bin/oxfmt', folder);
    const block = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(folder, 'README.md'), 'utf8'))?.[1];
    expect(block).toBe(readFileSync(join(folder, 'examples/tell-a-tale.ts'), 'utf8'));
  });

  test('has a manifest like its neighbours and a changeset', () => {
    const manifest = (name: string): Record<string, Record<string, unknown>> =>
      JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Record<
        string,
        Record<string, unknown>
      >;
    const made = manifest('adapter-text-generation');
    const other = manifest('adapter-openai');
    expect(Object.keys(made)).toEqual(Object.keys(other));
    expect(made['exports']).toEqual(other['exports']);
    expect(made['dependencies']!['inversify']).toBe(other['dependencies']!['inversify']);
    expect(readFileSync(join(root, '.changeset/add-adapter-text-generation.md'), 'utf8')).toContain(
      "'@plimsoll/adapter-text-generation': minor",
    );
  });

  test('is not written over a package that exists, and leaves nothing else behind', async () => {
    await expect(generateAdapter('text-generation', root)).rejects.toThrow('exists already');
    expect(readdirSync(join(root, 'packages'))).toEqual([
      ...['adapter-openai', 'adapter-text-generation', 'composition'],
    ]);
  });
});

test.each(['', 'Text', '9b', 'a--b', '../evil', 'a b', 'a'.repeat(41)])('%j is no name', (name) => {
  expect(() => adapterNames(name)).toThrow('is no name for an adapter');
});
