import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigStore } from '@plimsoll/adapter-config';
import { OllamaApi, OllamaVariantBuilder } from '@plimsoll/adapter-ollama';
import { openPlimsoll } from '@plimsoll/composition';
import { locateOllama, startOllama } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { expect, onTestFinished, test } from 'vitest';
import { httpServices, startServer } from '../src/index.js';
import { CASES, MODEL } from './parity/cases.js';
import { compare } from './parity/compare.js';
import type { Difference } from './parity/compare.js';
import { observe } from './parity/observe.js';
import { renderDifferences } from './parity/reasons.js';

/** The newest one is what the gateway speaks; an older one shows what has changed since. */
const VERSIONS = [
  ['0.34.2', '../docs/parity.md'],
  ['0.33.1', '../docs/parity-0.33.1.md'],
] as const;

/** A real Ollama that holds the sample model. */
async function realOllama(version: string): Promise<string> {
  const peer = await startOllama(version);
  onTestFinished(() => peer.stop());
  const api = new OllamaApi({ host: peer.host });
  await new OllamaVariantBuilder(api).build({ source: sampleModelPath(), target: MODEL, level: 'F16' });
  await api.close();
  return peer.host;
}

/** The gateway in front of the embedded engine that holds it. */
async function gateway(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-parity-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await copyFile(sampleModelPath(), join(folder, `${MODEL}.gguf`));
  const config = { path: join(folder, 'config.json'), environment: {}, homeFolder: folder, workingFolder: folder };
  const storeFile = join(folder, 'measurements.db');
  await createConfigStore(config).save({ backend: 'embedded', modelsFolder: folder, storeFile });
  const services = await httpServices(await openPlimsoll({ config }));
  const server = await startServer({ services, host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));
  return server.url;
}

for (const [version, document] of VERSIONS) {
  const why = locateOllama(version) === null ? ' (skipped: npm run peers has not built this server)' : '';
  test.skipIf(why !== '')(
    `differs from a real Ollama ${version} only as the docs say${why}`,
    { timeout: 120_000 },
    async () => {
      const [ollama, ours] = [await realOllama(version), await gateway()];
      expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
      const differences: Difference[] = [];
      for (const request of CASES) {
        differences.push(...compare(request.name, await observe(ollama, request), await observe(ours, request)));
      }
      await expect(renderDifferences(version, differences)).toMatchFileSnapshot(document);
    },
  );
}
