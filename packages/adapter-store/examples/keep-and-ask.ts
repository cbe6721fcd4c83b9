import { LibsqlMeasurementStore, exportMeasurements, importMeasurements } from '@plimsoll/adapter-store';
import type { Measurement } from '@plimsoll/domain';

const [folder = '.'] = process.argv.slice(2);
const store = new LibsqlMeasurementStore(`${folder}/measurements.db`);

const run: Measurement = {
  id: 'run-1',
  kind: 'generation',
  atMs: Date.now(),
  model: 'llama3.1:8b',
  variant: 'llama3.1:8b-instruct-q4_K_M',
  level: 'Q4_K_M',
  digest: null,
  architecture: 'llama',
  shape: { keyCacheType: 'f16', valueCacheType: 'f16', contextTokens: 4096 },
  environment: { backend: 'ollama', engineBuild: null, device: null, driver: null, platform: 'linux-x64' },
  succeeded: true,
  errorCode: null,
  timings: {
    promptTokens: 12,
    cachedPromptTokens: null,
    generatedTokens: 100,
    loadMs: null,
    prefillMs: 40,
    decodeMs: 2000,
    firstTokenMs: 45,
    totalMs: 2045,
  },
  residentBytes: null,
  temperatureC: null,
  throttled: null,
  energyJ: null,
  comparisonId: null,
  foreign: false,
};
await store.append([run]);

const [statistics] = await store.aggregate({ model: 'llama3.1:8b' });
console.log(statistics?.total, statistics?.meanMs, statistics?.meanDecodeTokensPerSecond); // 1 2045 50

const other = new LibsqlMeasurementStore(`${folder}/other-machine.db`);
console.log(await importMeasurements(other, exportMeasurements(store.stream(), 'csv'), 'csv')); // { accepted: 1, refused: 0, refusedLines: [] }
console.log((await other.query({ foreign: true })).length); // 1

await Promise.all([store.close(), other.close()]);
