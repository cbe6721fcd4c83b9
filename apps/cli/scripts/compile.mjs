// Keeps the compiled code of a plan beside the bundle, so that a start compiles nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleModelPath } from '@plimsoll/sample-model';
import { LATE } from './late-parts.mjs';

const require = createRequire(import.meta.url);
const { loadCompiled } = require('../bin/load-compiled.js');
const program = fileURLToPath(new URL('../dist/main.cjs', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-compile-'));
rmSync(`${program}.cache`, { force: true });
try {
  const { exports, script } = loadCompiled(program);
  const env = Object.fromEntries(
    ['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'APPDATA', 'LOCALAPPDATA'].map((name) => [name, folder]),
  );
  let failure = '';
  // What is run here is what is compiled: V8 leaves functions alone until they are called.
  for (const flags of [[], ['--json'], ['--vram', '8GB']]) {
    const code = await exports.runProgram(['plan', sampleModelPath(), ...flags], {
      stdin: process.stdin,
      stdout: { write: () => true, isTTY: false },
      stderr: { write: (text) => void (failure += text), isTTY: false },
      env,
      signal: new AbortController().signal,
      version: '0.0.0',
      nowMs: () => performance.now(),
    });
    if (code !== 0) throw new Error(`The plan of the sample model ended with ${code}: ${failure}`);
  }
  // The sample model is so small that its scratch memory is found by graphs. That of larger ones is not.
  const needless = Object.keys(LATE).filter((name) => name !== 'graph');
  const late = new RegExp(`[\\\\/]chunks[\\\\/](?:${needless.join('|')})-`);
  const loaded = Object.keys(require.cache).find((file) => late.test(file));
  if (loaded !== undefined) throw new Error(`A plan loads ${loaded}: what it needs of it stays out of late-parts.mjs.`);
  writeFileSync(`${program}.cache`, script.createCachedData());
} finally {
  rmSync(folder, { recursive: true });
}
