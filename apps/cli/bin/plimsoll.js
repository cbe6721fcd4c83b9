#!/usr/bin/env node
// CommonJS (see package.json beside this file), because Node starts it in half the time: the version is asked for
// often, and is answered before anything else is loaded.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const [, , first, ...rest] = process.argv;
if (rest.length === 0 && (first === '--version' || first === '-V')) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  process.stdout.write(`${version}\n`);
} else if (existsSync(path.join(root, 'dist', 'main.js'))) {
  void import('../dist/main.js').then(({ main }) => main(process));
} else {
  process.stderr.write('plimsoll: This checkout is not built yet.\n  Build it with: npm run setup\n');
  process.exitCode = 1;
}
