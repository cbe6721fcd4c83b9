import path from 'node:path';
import { root, run } from './run.mjs';
import { setup } from './setup.mjs';

try {
  setup({ quiet: true });
  const bin = path.join(root, 'apps', 'cli', 'bin', 'plimsoll.js');
  process.exitCode = run(process.execPath, [bin, 'demo', ...process.argv.slice(2)], { shell: false });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
