import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { root } from './run.mjs';

/** Checks every publishable package as it would be packed. Exits with 1 on any problem. */
let problems = 0;
for (const group of ['packages', 'apps']) {
  for (const name of readdirSync(path.join(root, group))) {
    const pkgDir = path.join(root, group, name);
    const manifest = JSON.parse(readFileSync(path.join(pkgDir, 'package.json'), 'utf8'));
    if (manifest.private) continue;
    const { messages } = await publint({ pkgDir, pack: false, level: 'warning', strict: true });
    for (const message of messages) process.stdout.write(`${manifest.name}: ${formatMessage(message, manifest)}\n`);
    problems += messages.length;
  }
}
process.exitCode = problems === 0 ? 0 : 1;
