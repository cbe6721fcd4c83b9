import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigStore } from '@plimsoll/adapter-config';
import { OllamaApi, OllamaVariantBuilder } from '@plimsoll/adapter-ollama';
import { openPlimsoll } from '@plimsoll/composition';
import { OLLAMA_VERSIONS, locateOllama, startOllama } from '@plimsoll-tooling/peers';
import type { OllamaPeer } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { expect, onTestFinished, test } from 'vitest';
import { httpServices, startServer } from '../src/index.js';

const MODEL = 'plimsoll-hosts:5m-fp16';
const [version = ''] = OLLAMA_VERSIONS;
const why = locateOllama(version) === null ? ' (skipped: npm run peers has not built this server)' : '';

async function peerWithModel(): Promise<OllamaPeer> {
  const peer = await startOllama(version);
  onTestFinished(() => peer.stop());
  const api = new OllamaApi({ host: peer.host });
  onTestFinished(() => api.close());
  await new OllamaVariantBuilder(api).build({ source: sampleModelPath(), target: MODEL, level: 'F16' });
  await api.generate({ model: MODEL, prompt: '', keep_alive: 0 }).next();
  return peer;
}

test.skipIf(why !== '')(
  `of two real Ollama servers the one with the model in memory answers, and the other one when it is gone${why}`,
  async () => {
    const [first, second] = [await peerWithModel(), await peerWithModel()];
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-hosts-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const places = { environment: {}, homeFolder: folder, workingFolder: folder };
    const config = createConfigStore({ path: join(folder, 'config.json'), ...places });
    await config.save({
      ...{ backend: 'ollama', ollamaHost: first.host, ollamaHosts: [second.host], registryLookups: false },
      storeFile: join(folder, 'measurements.db'),
    });
    const services = await httpServices(await openPlimsoll({ config }));
    const server = await startServer({ services, host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close(0));
    const residentAt = async ({ host }: Pick<OllamaPeer, 'host'>): Promise<readonly string[]> => {
      const { models } = (await (await fetch(`${host}/api/ps`)).json()) as { models: { name: string }[] };
      return models.map(({ name }) => name);
    };
    const chat = async (): Promise<Response> => {
      const messages = [{ role: 'user', content: 'Once upon a time' }];
      const body = JSON.stringify({ model: MODEL, stream: false, messages, options: { num_predict: 4 } });
      return fetch(`${server.url}/api/chat`, { method: 'POST', body });
    };

    await fetch(`${second.host}/api/generate`, { method: 'POST', body: JSON.stringify({ model: MODEL }) });
    const answer = await chat();
    expect(await answer.json()).toMatchObject({ model: MODEL, done: true, done_reason: 'length' });
    expect([await residentAt(first), await residentAt(second)]).toEqual([[], [MODEL]]);
    expect((await residentAt({ host: server.url }))[0]).toBe(MODEL);

    // Without a warning, while the gateway still thinks that it answers.
    process.kill(second.pid, 'SIGKILL');
    const statuses = await Promise.all(Array.from({ length: 4 }, async () => (await chat()).status));
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(await residentAt(first)).toEqual([MODEL]);
    const tags = (await (await fetch(`${server.url}/api/tags`)).json()) as { models: { name: string }[] };
    expect(tags.models.map(({ name }) => name)).toContain(MODEL);
  },
);
