import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build } from 'vite';
import { requireLate } from '../scripts/require-late.mjs';

const SOURCE = `
  import { Resolver } from 'node:dns/promises';
  import { createHash, X509Certificate } from 'node:crypto';
  import * as children from 'node:child_process';
  export const resolver = () => new Resolver();
  export const certificate = (text) => new X509Certificate(text);
  export const digest = (text) => createHash('sha256').update(text).digest('hex');
  export const children_ = () => children;
`;

/** What the source above exports. */
interface Bundle {
  resolver(): object;
  certificate(text: string): object;
  digest(text: string): string;
  children_(): Readonly<Record<string, unknown>>;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-late-'));
  await writeFile(path.join(folder, 'in.mjs'), SOURCE);
});
afterAll(() => rm(folder, { recursive: true }));

/** Bundles the source as the program is bundled, runs it, and tells what it required, in order. */
async function bundled(): Promise<{ readonly bundle: Bundle; readonly required: readonly string[] }> {
  const minify = { mangle: { toplevel: false, keepNames: true }, compress: false, codegen: true };
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    plugins: [{ name: 'require-late', renderChunk: (code) => requireLate(code) }],
    build: {
      ssr: true,
      write: false,
      minify: false,
      rolldownOptions: { input: 'in.mjs', output: { format: 'cjs', minify } },
    },
  });
  const [chunk] = 'output' in result ? result.output : [];
  const code = chunk !== undefined && 'code' in chunk ? chunk.code : '';
  const required: string[] = [];
  const require = createRequire(import.meta.url);
  const exports = {};
  const run = compileFunction(code, ['exports', 'require']) as (
    exports: object,
    require: (id: string) => unknown,
  ) => void;
  run(exports, (id) => {
    required.push(id);
    return require(id) as unknown;
  });
  return { bundle: exports as Bundle, required };
}

it('parts of Node are required when they are used, and their classes can be constructed', async () => {
  const { bundle, required } = await bundled();
  expect(required).toEqual(['node:child_process']);
  expect(bundle.resolver()).toHaveProperty('resolve4');
  expect(() => bundle.certificate('none')).toThrow(/PEM|DER|asn1|NOT_ENOUGH_DATA|no start line/i);
  expect(bundle.digest('')).toMatch(/^e3b0c44298fc1c149afbf4c8996fb924/);
  expect(bundle.children_()).toHaveProperty('spawn');
  expect(new Set(required)).toEqual(new Set(['node:child_process', 'node:dns/promises', 'node:crypto']));
});

it('packages that require a part themselves do so late as well', () => {
  const code = requireLate('  const children = require("node:child_process");\n');
  const required: string[] = [];
  const run = compileFunction(`${code} return [() => children.spawn];`, ['require']) as (
    require: (id: string) => unknown,
  ) => [() => unknown];
  const [use] = run((id) => {
    required.push(id);
    return { spawn: 'spawned' };
  });
  expect(required).toEqual([]);
  expect(use()).toBe('spawned');
  expect(required).toEqual(['node:child_process']);
});

it('parts of the bundle are loaded when they are used, once, and the functions of the bundler at once', () => {
  const code = requireLate(
    'const runtime = require("./chunks/rolldown-runtime-1.cjs");\nconst part = require("./chunks/part-1.cjs");\n',
  );
  const required: string[] = [];
  const run = compileFunction(`${code} return () => [part.name, part.name];`, ['require']) as (
    require: (id: string) => unknown,
  ) => () => unknown;
  const use = run((id) => {
    required.push(id);
    return { name: `of ${id}` };
  });
  expect(required).toEqual(['./chunks/rolldown-runtime-1.cjs']);
  expect(use()).toEqual(['of ./chunks/part-1.cjs', 'of ./chunks/part-1.cjs']);
  expect(required).toEqual(['./chunks/rolldown-runtime-1.cjs', './chunks/part-1.cjs']);
});
