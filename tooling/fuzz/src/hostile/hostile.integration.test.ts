import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('../main.mjs', import.meta.url));

/** A short part of the suite; the whole of it is `npm run fuzz -- hostile`. */
it.each([
  ['config', '--every', '1'],
  ['files', '--every', '23'],
  ['templates', 'changing', '--every', '7'],
  ['places'],
  ['kill-settings', 'kill-store', 'kill-quantize', 'kill-imatrix', 'kill-import', 'kill-pull', '--kills', '2'],
  ['kill-compare', 'service', '--kills', '1'],
])(
  'the program withstands hostile %s',
  async (...args) => {
    const told = await promisify(execFile)(process.execPath, [main, 'hostile', ...args], {
      maxBuffer: 16 * 1024 ** 2,
    }).catch((error: unknown) => error as { readonly stdout: string });
    const report = JSON.parse(told.stdout) as {
      readonly failures: unknown;
      readonly groups: readonly { runs: number }[];
    };
    expect(report.failures).toEqual([]);
    expect(report.groups.every(({ runs }) => runs > 0)).toBe(true);
  },
  600_000,
);
