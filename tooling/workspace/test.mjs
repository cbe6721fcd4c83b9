import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { local, run, runQuietlyBeside } from './run.mjs';
import { setup } from './setup.mjs';

const LINTED = ['packages', 'apps', 'tooling'];

/** Checks that are one pass or fail each; the longest first, since as many run at once as there are cores. */
const checks = [
  ['lint', ...local('oxlint', '--type-aware', '-c', 'tooling/lint/oxlint.json', ...LINTED)],
  ['format', ...local('oxfmt', '--check')],
  // One program over everything: the build has checked each package alone, this adds tests and examples.
  ['types', ...local('tsc', '-p', 'tooling/tsconfig/all.json')],
  ['boundaries', ...local('depcruise', '--config', '.dependency-cruiser.cjs', 'packages', 'apps')],
  ['unused code', ...local('knip', '--no-config-hints')],
  ['code that only tests use', ...local('knip', '--production', '--no-config-hints')],
  ['package correctness', process.execPath, ['tooling/workspace/publint.mjs']],
  ['licences and install scripts', process.execPath, ['tooling/workspace/licences.mjs']],
  ['changesets', ...local('changeset', 'status')],
];

const tally = { passed: 0, failed: 0, skipped: 0 };
const failedChecks = [];
const say = (text) => process.stdout.write(`${text}\n`);
const seconds = (startedAt) => `${((Date.now() - startedAt) / 1000).toFixed(0)} s`;

async function runCheck(name, program, args) {
  const startedAt = Date.now();
  const passed = (await runQuietlyBeside(program, args)) === 0;
  tally[passed ? 'passed' : 'failed'] += 1;
  if (!passed) failedChecks.push({ name });
  say(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds(startedAt)})`);
}

/** Names the tests or files that meet a condition, and the first lines of what was wrong with each. */
function list(heading, items, isMeant) {
  const meant = items.filter(isMeant);
  if (meant.length > 0) say(`\n${heading}`);
  for (const { fullName, name, failureMessages, message } of meant) {
    const reason = failureMessages?.[0] ?? message ?? '';
    say(`  - ${fullName ?? name}`);
    if (reason !== '') say(reason.replace(/^/gm, '      ').split('\n').slice(0, 12).join('\n'));
  }
}

/** Runs all test projects and adds their counts. */
function runTests(extra) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-test-'));
  const report = path.join(folder, 'report.json');
  try {
    const args = ['vitest', 'run', '--config', 'tooling/vitest/vitest.config.ts', '--reporter=dot', '--reporter=json'];
    run(...local(...args, `--outputFile.json=${report}`, ...extra));
    const result = JSON.parse(readFileSync(report, 'utf8'));
    tally.passed += result.numPassedTests;
    tally.failed +=
      result.numFailedTests +
      result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
    tally.skipped += result.numPendingTests + result.numTodoTests;
    const tests = result.testResults.flatMap((file) => file.assertionResults);
    list('Skipped, each with its reason in the name:', tests, (test) => /^(?:pending|skipped)$/.test(test.status));
    // Last, so that whoever is shown the end of a long output alone still learns what failed.
    list('Failed:', tests, (test) => test.status === 'failed');
    list(
      'Could not be run:',
      result.testResults,
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
  } catch (error) {
    say(`The test runner gave no report: ${error.message}`);
    tally.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const extra = process.argv.slice(2);
try {
  setup({ quiet: true });
  if (extra.length === 0) {
    const waiting = [...checks];
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await runCheck(...next);
    };
    await Promise.all(Array.from({ length: os.availableParallelism() }, lane));
  }
  runTests(extra);
} catch (error) {
  say(error.message);
  tally.failed += 1;
}
list('Failed checks, with what they said above the tests:', failedChecks, () => true);
process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
say(`${tally.passed} passed, ${tally.failed} failed${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ''}`);
