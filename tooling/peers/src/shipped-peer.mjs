import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { llamaSource, peersDirectory } from './recipe.mjs';

/** The folder of each program's source below `tools`. */
const SOURCES = { 'llama-bench': 'llama-bench', 'llama-imatrix': 'imatrix', 'llama-perplexity': 'perplexity' };

/**
 * A program of the same release, linked against the very libraries that the embedded engine loads. Two builds of
 * one release differ by what their compilers make of it; this one shares all of ours.
 *
 * Built when it is first asked for (about fifteen seconds), beside the other programs. Run it in `folder` with
 * `environment`: there it finds the libraries.
 *
 * @param {'llama-bench' | 'llama-imatrix' | 'llama-perplexity'} name
 * @returns {{ program: string, folder: string, environment: NodeJS.ProcessEnv } | null} null where the libraries are
 *   not of Linux.
 */
export function shippedPeer(name) {
  const folder = librariesFolder();
  if (folder === null) return null;
  const program = join(`${peersDirectory()}-shipped`, name);
  if (!existsSync(program)) build(name, program, folder);
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

function build(name, program, folder) {
  const work = `${program}.building-${process.pid}`;
  const source = join(work, 'source');
  mkdirSync(work, { recursive: true });
  try {
    execFileSync('git', ['-c', 'advice.detachedHead=false', 'clone', '--quiet', llamaSource().bundle, source]);
    const tool = join(source, 'tools', SOURCES[name]);
    const files = readdirSync(tool).filter((file) => file.endsWith('.cpp'));
    const headers = ['include', 'ggml/include', 'common', 'vendor'].map((path) => `-I${join(source, path)}`);
    const libraries = readdirSync(folder).filter((name) =>
      /^lib(llama|ggml)(-common|-base)?(\.v[\d.]+)?\.so$/.test(name),
    );
    execFileSync('c++', [
      ...['-O2', '-std=c++17', '-DLLAMA_SHARED', '-DGGML_SHARED', '-DGGML_BACKEND_DL', '-pthread', ...headers],
      ...files.map((file) => join(tool, file)),
      ...[`-L${folder}`, ...libraries.map((file) => `-l:${file}`), '-Wl,--allow-shlib-undefined'],
      ...['-o', join(work, name)],
    ]);
    renameSync(join(work, name), program);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
