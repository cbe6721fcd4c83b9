// Puts the plan page's program and the domain into one classic script that a page can carry.
// Writes dist/plan-app.js, or with --print to the standard output.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const result = await build({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  logLevel: 'silent',
  resolve: { conditions: ['@plimsoll/source', 'browser', 'import', 'module', 'default'] },
  build: {
    write: false,
    target: 'es2023',
    minify: true,
    sourcemap: false,
    lib: { entry: 'src/browser/plan-app.ts', formats: ['iife'], name: 'plimsollPlan' },
  },
});
const [{ output }] = Array.isArray(result) ? result : [result];
const [{ code }] = output;

if (process.argv.includes('--print')) {
  process.stdout.write(code);
} else {
  mkdirSync(new URL('../dist', import.meta.url), { recursive: true });
  writeFileSync(new URL('../dist/plan-app.js', import.meta.url), code);
}
