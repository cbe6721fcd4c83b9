#!/usr/bin/env node
// CommonJS (see package.json beside this file), because Node starts it in half the time: the version is asked for
// often, and is answered before anything else is loaded.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const program = path.join(root, 'dist', 'main.cjs');
const [, , first, ...rest] = process.argv;
if (rest.length === 0 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${version}\n`);
} else if (existsSync(program)) {
  const { loadCompiled } = require('./load-compiled.js');
  void loadCompiled(program).exports.main(process, version);
} else {
  process.stderr.write('plimsoll: This checkout is not built yet.\n  Build it with: npm run setup\n');
  process.exitCode = 1;
}
