#!/usr/bin/env node
// The version is answered before anything else is loaded: tools ask for it often.
import { existsSync, readFileSync } from 'node:fs';

const [, , first, ...rest] = process.argv;
if (rest.length === 0 && (first === '--version' || first === '-V')) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${version}\n`);
} else {
  const entry = new URL('../dist/main.js', import.meta.url);
  if (existsSync(entry)) {
    const { main } = await import(entry.href);
    await main(process);
  } else {
    process.stderr.write('plimsoll: This checkout is not built yet.\n  Build it with: npm run setup\n');
    process.exitCode = 1;
  }
}
