#!/usr/bin/env node
import { buildPeers } from './build.mjs';
import { isComplete, peersDirectory } from './recipe.mjs';
import { missingTools } from './tools.mjs';

const directory = peersDirectory();
if (isComplete(directory)) {
  console.log(`The llama.cpp programs are in ${directory}`);
} else {
  const missing = missingTools();
  if (missing.length > 0) {
    console.error(
      `Building the llama.cpp programs needs ${missing.map((tool) => tool.needed).join(', ')}. ` +
        `On Debian or Ubuntu: apt-get install ${missing.map((tool) => tool.debian).join(' ')}`,
    );
    process.exitCode = 1;
  } else {
    await build();
  }
}

async function build() {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.on(name, () => interruption.abort());
  }
  try {
    await buildPeers({ directory, signal: interruption.signal, log: console.log });
    console.log(`The llama.cpp programs are in ${directory}`);
  } catch (error) {
    console.error(
      interruption.signal.aborted
        ? 'Interrupted; nothing was left behind.'
        : `The llama.cpp programs could not be built: ${error.message}`,
    );
    process.exitCode = interruption.signal.aborted ? 130 : 1;
  }
}
