import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the build puts the bundle: beside this file. */
const BUILT = new URL('./plan-app.js', import.meta.url);

/** In a working tree that was not built, the bundle is made on the spot. */
const BUNDLER = new URL('../scripts/bundle-plan-app.mjs', import.meta.url);

let script: string | undefined;

/** The program of a plan page as one classic script, `src/browser/plan-app.ts` with all that it imports. */
export function planAppScript(): string {
  return (script ??= existsSync(BUILT) ? readFileSync(BUILT, 'utf8') : bundled());
}

function bundled(): string {
  return execFileSync(process.execPath, [fileURLToPath(BUNDLER), '--print'], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
}
