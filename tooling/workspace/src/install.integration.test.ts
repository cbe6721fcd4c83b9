import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../install.mjs', import.meta.url));
const missing = await run('npm', ['ping', '--fetch-timeout=5000', '--fetch-retries=0']).then(
  () => '',
  () => ' (skipped: npm does not reach its registry)',
);

/** Needs a build, which `npm test` makes first: packs it, installs the archives with plain npm in an empty folder, and tries them. */
test.skipIf(missing !== '')(
  `what npm installs is less than 200 MB, and its command line, server and SDK answer${missing}`,
  { timeout: 300_000 },
  async () => {
    const { stdout } = await run(process.execPath, [script]);
    const [, megabytes] = /^([\d.]+) MB are installed; all parts answer/m.exec(stdout) ?? [];
    expect(Number(megabytes)).toBeLessThanOrEqual(200);
  },
);
