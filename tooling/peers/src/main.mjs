#!/usr/bin/env node
import { buildOllama } from './build-ollama.mjs';
import { buildPeers } from './build.mjs';
import { OLLAMA_VERSIONS, findGo, locateOllama, ollamaDirectory } from './ollama-recipe.mjs';
import { isComplete, peersDirectory } from './recipe.mjs';
import { missingTools } from './tools.mjs';

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => interruption.abort());
const { signal } = interruption;
const { log } = console;

const directory = peersDirectory();
const done = await attempt('The llama.cpp programs', isComplete(directory), directory, async () => {
  const missing = missingTools();
  if (missing.length > 0) {
    throw new Error(
      `the build needs ${missing.map((tool) => tool.needed).join(', ')}. ` +
        `On Debian or Ubuntu: apt-get install ${missing.map((tool) => tool.debian).join(' ')}`,
    );
  }
  await buildPeers({ directory, signal, log });
});

const go = findGo();
for (const version of done ? OLLAMA_VERSIONS : []) {
  const isThere = locateOllama(version) !== null;
  if (!isThere && go === null) {
    log(`Ollama ${version} was left out: Go is not installed. Tests against it will be skipped.`);
    continue;
  }
  await attempt(
    `Ollama ${version}`,
    isThere,
    ollamaDirectory(version),
    () => buildOllama({ version, go, signal, log }),
    {
      isOptional: true,
    },
  );
}

/** Builds one thing unless it is there, and reports how that went. */
async function attempt(what, isThere, place, build, { isOptional = false } = {}) {
  if (signal.aborted) return false;
  try {
    if (!isThere) await build();
    log(`${what}: ${place}`);
    return true;
  } catch (error) {
    console.error(
      signal.aborted ? 'Interrupted; nothing was left behind.' : `${what} could not be built: ${error.message}`,
    );
    // A module proxy need not serve every release; the tests against this one are skipped.
    if (signal.aborted || !isOptional) process.exitCode = signal.aborted ? 130 : 1;
    return false;
  }
}
