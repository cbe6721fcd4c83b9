import { OLLAMA_VERSIONS, locateOllama, startOllama, type OllamaPeer } from '@plimsoll-tooling/peers';
import { describe, expect, test } from 'vitest';

/**
 * Declares tests against every real Ollama server that is built here; the others are skipped, with the reason. `start`
 * is to be called in a hook; whoever starts a server stops it.
 */
export function describeEachVersion(
  what: string,
  declare: (version: string, start: () => Promise<OllamaPeer>) => void,
): void {
  for (const version of OLLAMA_VERSIONS) {
    if (locateOllama(version) === null) {
      describe(`${what}, Ollama ${version}`, () => {
        test.skip('skipped: npm run peers has not built this server', () =>
          expect(locateOllama(version)).not.toBeNull());
      });
      continue;
    }
    describe(`${what}, Ollama ${version}`, () => declare(version, () => startOllama(version)));
  }
}
