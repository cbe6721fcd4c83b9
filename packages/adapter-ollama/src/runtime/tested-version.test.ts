import { OLLAMA_VERSIONS } from '@plimsoll-tooling/peers';
import { expect, test } from 'vitest';
import { TESTED_UP_TO, isUntested } from './tested-version.js';

test('the newest release that tests are run against is the one that is promised', () => {
  expect(OLLAMA_VERSIONS[0]).toBe(TESTED_UP_TO);
});

test.each([
  ['0.34.2', false],
  ['0.34.3', true],
  ['0.35.0-rc1', true],
  ['1.0.0', true],
  ['0.9.12', false],
  ['0.34.1', false],
  ['0.0.0', false],
  ['main', false],
])('%s is newer than any that was tested: %s', (version, untested) => {
  expect(isUntested(version)).toBe(untested);
});
