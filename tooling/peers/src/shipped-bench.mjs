import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { llamaSource, peersDirectory } from './recipe.mjs';

/**
 * llama-bench of the same release, linked against the very libraries that the embedded engine loads. Two builds of
 * one release differ by what their compilers make of it; this one shares all of ours.
 *
 * Built when it is first asked for (about fifteen seconds), beside the other programs. Run it in `folder` with
 * `environment`: there it finds the libraries.
 *
 * @returns {{ program: string, folder: string, environment: NodeJS.ProcessEnv } | null} null where the libraries are
 *   not of Linux.
 */
export function shippedBench() {
  const folder = librariesFolder();
  if (folder === null) return null;
  const program = join(`${peersDirectory()}-shipped`, 'llama-bench');
  if (!existsSync(program)) build(program, folder);
  return { program, folder, environment: { ...process.env, LD_LIBRARY_PATH: folder } };
}

function librariesFolder() {
  if (process.platform !== 'linux') return null;
  const name = `linux-${process.arch}`;
  const fromPackage = createRequire(realpathSync(llamaSource().bundle));
  try {
    return join(dirname(dirname(fromPackage.resolve(`@node-llama-cpp/${name}`))), 'bins', name);
  } catch {
    return null;
  }
}

function build(program, folder) {
  const work = `${program}.building-${process.pid}`;
  const source = join(work, 'source');
  mkdirSync(work, { recursive: true });
  try {
    execFileSync('git', ['-c', 'advice.detachedHead=false', 'clone', '--quiet', llamaSource().bundle, source]);
    const bench = join(source, 'tools', 'llama-bench');
    const files = readdirSync(bench).filter((name) => name.endsWith('.cpp'));
    const headers = ['include', 'ggml/include', 'common', 'vendor'].map((name) => `-I${join(source, name)}`);
    const libraries = readdirSync(folder).filter((name) =>
      /^lib(llama|ggml)(-common|-base)?(\.v[\d.]+)?\.so$/.test(name),
    );
    execFileSync('c++', [
      ...['-O2', '-std=c++17', '-DLLAMA_SHARED', '-DGGML_SHARED', '-DGGML_BACKEND_DL', '-pthread', ...headers],
      ...files.map((name) => join(bench, name)),
      ...[`-L${folder}`, ...libraries.map((name) => `-l:${name}`), '-Wl,--allow-shlib-undefined'],
      ...['-o', join(work, 'llama-bench')],
    ]);
    renameSync(join(work, 'llama-bench'), program);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
