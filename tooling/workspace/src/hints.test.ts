import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Only the command line calls these; what a server's clients ask for never comes here. */
const OF_THE_COMMAND_LINE = [
  'apps/http/src/security/loopback.ts',
  'apps/http/src/server/start-server.ts',
  'packages/adapter-llama-server/src/llama-server-runtime.ts',
  'packages/adapter-llama-server/src/server-host.ts',
  'packages/adapter-llamacpp/src/imatrix/llama-cpp-importance-collector.ts',
  'packages/adapter-queue/src/connect-redis.ts',
  'packages/application/src/variants/mix-goal.ts',
  'packages/application/src/variants/plan-to-fit.ts',
  'packages/composition/src/precision-probe.ts',
];

/** Hints reach the clients of a server and of the SDK: a command or a flag in them is a remedy, which the cli words. */
test('no hint names a command or a flag of the command line', () => {
  const files = [...readdirSync(`${root}/packages`).map((name) => `packages/${name}/src`), 'apps/http/src'].flatMap(
    (folder) =>
      readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .map((file) => `${folder}/${file}`),
  );
  expect(files.length).toBeGreaterThan(500);
  const naming = files.filter((file) => {
    const hints = readFileSync(`${root}/${file}`, 'utf8').match(/\bhint(?::| =)\s*(?:'[^'\n]*'|`[^`]*`)/g) ?? [];
    return hints.some((hint) => /\bplimsoll [a-z]|(?:^|\s)--[a-z]/.test(hint));
  });
  expect(naming.sort()).toEqual(OF_THE_COMMAND_LINE);
});
