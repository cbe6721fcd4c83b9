#!/usr/bin/env node
import { local, pnpm, root, run } from '../../workspace/run.mjs';
import { generateAdapter } from './generate.mjs';

const given = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (given.length !== 1) {
  console.error('Usage: npm run new:adapter -- <name>   for example: npm run new:adapter -- triton');
  process.exitCode = 2;
} else {
  await main(given[0]);
}

async function main(name) {
  try {
    const adapter = await generateAdapter(name, root);
    const folder = `packages/adapter-${adapter.name}`;
    console.log(`Wrote ${adapter.files.length} files to ${folder} and a changeset. Linking it into the workspace …`);
    const linked = run(...pnpm('install', '--no-frozen-lockfile', '--prefer-offline', '--reporter=silent')) === 0;
    if (!linked) throw new Error(`The package is there, but could not be linked: run pnpm install, then its tests.`);
    // Long names make lines that the formatter would break.
    run(...local('oxfmt', folder));
    const tests = local('vitest', 'run', '--config', 'tooling/vitest/vitest.config.ts', folder);
    process.exitCode = run(...tests);
    console.log(`\nNow make it real: ${folder}/README.md says how, step by step.`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
