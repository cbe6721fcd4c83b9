import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigStore } from '@plimsoll/adapter-config';
import { LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { OllamaApi, OllamaVariantBuilder } from '@plimsoll/adapter-ollama';
import { openPlimsoll } from '@plimsoll/composition';
import { GPU_PROBE, HOST_PROBE } from '@plimsoll/di';
import { OLLAMA_VERSIONS, locateOllama, startOllama } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { FixedGpuProbe, FixedHostProbe } from '@plimsoll/testing';
import type { ServiceIdentifier } from 'inversify';
import { expect, onTestFinished, test } from 'vitest';
import { httpServices, startServer } from '../src/index.js';

const MODEL = 'plimsoll-governed:5m';
const LEVELS = { F16: `${MODEL}-fp16`, Q8_0: `${MODEL}-q8_0`, Q4_K_M: `${MODEL}-q4_k_m` } as const;

for (const version of OLLAMA_VERSIONS) {
  const why = locateOllama(version) === null ? ' (skipped: npm run peers has not built this server)' : '';
  test.skipIf(why !== '')(`a real Ollama ${version} moves between variants${why}`, async () => {
    const peer = await startOllama(version);
    onTestFinished(() => peer.stop());
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-governed-ollama-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const quantizer = new LlamaCppVariantBuilder({ modelsFolder: folder });
    const api = new OllamaApi({ host: peer.host });
    onTestFinished(() => api.close());
    const builder = new OllamaVariantBuilder(api);
    await builder.build({ source: sampleModelPath(), target: LEVELS.F16, level: 'F16' });
    for (const level of ['Q8_0', 'Q4_K_M'] as const) {
      // Newer servers quantize nothing that they hold: the file is made by the engine inside.
      const file = join(folder, `fable-${level}.gguf`);
      await quantizer.build({ source: sampleModelPath(), target: file, level });
      await builder.build({ source: file, target: LEVELS[level], level });
    }
    const places = { environment: {}, homeFolder: folder, workingFolder: folder };
    const config = createConfigStore({ path: join(folder, 'config.json'), ...places });
    const storeFile = join(folder, 'measurements.db');
    const ollama = { backend: 'ollama', ollamaHost: peer.host, registryLookups: false } as const;
    await config.save({ ...ollama, storeFile, quantizationLevel: 'F16' });
    const plimsoll = await openPlimsoll({
      config,
      replace: new Map<ServiceIdentifier<object>, object>([
        [GPU_PROBE, new FixedGpuProbe()],
        [HOST_PROBE, new FixedHostProbe()],
      ]),
      // On hold: the test moves the model, and looks, by hand.
      govern: { mode: 'hold' },
    });
    const { value: use } = await plimsoll.lease();
    const server = await startServer({ services: await httpServices(plimsoll), host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close(0));
    const answeredBy = async (): Promise<string | null> => {
      const messages = [{ role: 'user', content: 'Once upon a time' }];
      const body = JSON.stringify({ model: MODEL, stream: false, messages, options: { num_predict: 4 } });
      const answer = await fetch(`${server.url}/api/chat`, { method: 'POST', body });
      expect(await answer.json()).toMatchObject({ done: true, done_reason: 'length' });
      return answer.headers.get('x-plimsoll-variant');
    };
    const governor = await use.governor();
    const runtime = await use.runtime();
    const resident = async (): Promise<readonly string[]> => (await runtime.resident()).map(({ name }) => name);

    expect(await answeredBy()).toBe(LEVELS.F16);
    const [model] = governor?.pool.models() ?? [];
    // Its API has no way to choose the cache's type for one model, nor how many are answered at once.
    expect(model?.ladder.every(({ point }) => point.keyCacheType === 'f16' && point.parallel === 1)).toBe(true);
    expect(model?.reported?.['host']).toBeGreaterThan(0);
    const to = (model?.ladder.length ?? 0) - 1;
    await governor?.pool.perform({ kind: 'switch', model: MODEL, from: 0, to });
    expect(await answeredBy()).toBe(LEVELS.Q4_K_M);
    expect(await resident()).toEqual([LEVELS.Q4_K_M]);

    // Another client lets the model go; the governor takes note, and the next request brings it back.
    await runtime.unload(LEVELS.Q4_K_M);
    await governor?.govern.look();
    expect(governor?.pool.models()).toMatchObject([{ loaded: false }]);
    expect(await answeredBy()).toMatch(MODEL);
    await governor?.pool.perform({ kind: 'unload', model: MODEL });
    expect(await resident()).toEqual([]);
  });
}
