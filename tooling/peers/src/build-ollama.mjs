import { existsSync } from 'node:fs';
import { link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execute, removeAbandoned } from './build.mjs';
import { OLLAMA_HELPERS, ollamaDirectory } from './ollama-recipe.mjs';
import { fileName, peersDirectory } from './recipe.mjs';

/**
 * Builds one release of Ollama from its published module, with the llama.cpp programs beside it, in a folder that is
 * renamed when it is whole.
 *
 * @param {{ version: string, go: string, signal: AbortSignal, log: (line: string) => void }} job
 */
export async function buildOllama({ version, go, signal, log }) {
  const directory = ollamaDirectory(version);
  const work = `${directory}.building-${process.pid}`;
  await removeAbandoned(directory);
  await Promise.all([join(work, 'bin'), join(work, 'lib', 'ollama')].map((path) => mkdir(path, { recursive: true })));
  try {
    log(`Building Ollama ${version}; this takes a minute or two, and the first one fetches its modules.`);
    const module = 'github.com/ollama/ollama';
    await execute(
      go,
      ['install', '-ldflags', `-X ${module}/version.Version=${version}`, `${module}@v${version}`],
      signal,
      {
        env: { ...process.env, GOBIN: join(work, 'bin') },
      },
    );
    for (const helper of OLLAMA_HELPERS) {
      await link(join(peersDirectory(), fileName(helper)), join(work, 'lib', 'ollama', fileName(helper)));
    }
    await mkdir(dirname(directory), { recursive: true });
    if (!existsSync(directory)) await rename(work, directory);
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 10 });
  }
}
