import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { listen, type RunningServer } from '../../test/support/recording.js';
import { OllamaApi, OllamaCatalog, OllamaRegistry } from '../index.js';

/** Manifest and settings as the library serves them. Source: the Docker v2 manifest of registry.ollama.ai. */
const SETTINGS = JSON.stringify({ model_format: 'gguf', model_family: 'llama', model_type: '8.0B', file_type: 'Q8_0' });
const SETTINGS_DIGEST = `sha256:${createHash('sha256').update(SETTINGS).digest('hex')}`;
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  config: { mediaType: 'application/vnd.docker.container.image.v1+json', digest: SETTINGS_DIGEST, size: 90 },
  layers: [
    { mediaType: 'application/vnd.ollama.image.model', digest: 'sha256:1', size: 8_000 },
    { mediaType: 'application/vnd.ollama.image.template', digest: 'sha256:2', size: 10 },
  ],
});

describe('the variants of a model', () => {
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.stop();
  });

  const serverWith = async (names: readonly string[]): Promise<OllamaApi> => {
    const models = names.map((name) => ({ name, size: 1, digest: 'ab', details: { quantization_level: 'Q4_K_M' } }));
    const server = await listen(createServer((_, answer) => answer.end(JSON.stringify({ models }))));
    const api = new OllamaApi({ host: server.host });
    open.push(server, { stop: () => api.close() });
    return api;
  };

  /** A registry that has one tag, and sends blobs elsewhere. */
  const registryWith = async (path: string): Promise<{ registry: OllamaRegistry; asked: string[] }> => {
    const asked: string[] = [];
    const server: RunningServer = await listen(
      createServer((incoming, answer) => {
        const url = incoming.url ?? '';
        asked.push(url);
        if (url === path) answer.end(MANIFEST);
        else if (url === '/elsewhere') answer.end(SETTINGS);
        else if (url.endsWith(`/blobs/${SETTINGS_DIGEST}`)) answer.writeHead(307, { location: '/elsewhere' }).end();
        else answer.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
      }),
    );
    const registry = new OllamaRegistry({ url: server.host });
    open.push(server, { stop: () => registry.close() });
    return { registry, asked };
  };

  test('are those with the same size and kind, in every naming scheme', async () => {
    const api = await serverWith([
      'llama3.1:8b-instruct',
      'llama3.1:8b-instruct-q4_K_M',
      'llama3.1:q8_8b-instruct',
      'llama3.1:70b-instruct-q4_K_M',
      'llama3.2:8b-instruct',
    ]);
    const entries = await new OllamaCatalog(api).variants('LLAMA3.1:8b-instruct-fp16');
    expect(entries.map(({ name }) => name)).toEqual([
      'llama3.1:8b-instruct',
      'llama3.1:8b-instruct-q4_K_M',
      'llama3.1:q8_8b-instruct',
    ]);
    expect(entries[0]).toEqual({
      name: 'llama3.1:8b-instruct',
      level: 'Q4_K_M',
      sizeBytes: 1,
      digest: 'sha256:ab',
      location: 'local',
    });
  });

  test('are what recipes made of it too, by their names; a file has none', async () => {
    const names = [
      'llama3.1:8b-fp16',
      'llama3.1:8b-mixed-4.50bpw',
      'llama3.1:mixed-3.10bpw_8b',
      'llama3.1:70b-mixed-4.50bpw',
    ];
    const catalog = new OllamaCatalog(await serverWith(names));
    const entries = await catalog.variants('llama3.1:8b');
    expect(entries.map(({ name, level }) => [name, level])).toEqual([
      ['llama3.1:8b-fp16', 'Q4_K_M'],
      ['llama3.1:8b-mixed-4.50bpw', 'mixed-4.50bpw'],
      ['llama3.1:mixed-3.10bpw_8b', 'mixed-3.10bpw'],
    ]);
    expect(await catalog.variants('/models/llama3.1.gguf')).toEqual([]);
  });

  test('are all tags of a model that is named without one', async () => {
    const api = await serverWith(['fox:latest', 'fox:8b-q8_0', 'crow:8b']);
    const entries = await new OllamaCatalog(api).variants('fox');
    expect(entries.map(({ name }) => name)).toEqual(['fox:latest', 'fox:8b-q8_0']);
  });

  test('are none for a model that nobody has', async () => {
    expect(await new OllamaCatalog(await serverWith([])).variants('fox:8b')).toEqual([]);
  });

  test('come from the library too, with level and size from its manifest', async () => {
    const { registry, asked } = await registryWith('/v2/library/fox/manifests/8b-q8_0');
    const catalog = new OllamaCatalog(await serverWith(['fox:8b-fp16']), registry);
    const entries = await catalog.variants('fox:8b');
    expect(entries.map(({ name, location }) => [name, location])).toEqual([
      ['fox:8b-fp16', 'local'],
      ['fox:8b-q8_0', 'remote'],
    ]);
    expect(entries[1]).toMatchObject({
      level: 'Q8_0',
      sizeBytes: 8_100,
      digest: `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`,
    });
    // The library learns of the question once.
    const once = asked.length;
    expect(await catalog.variants('fox:8b')).toEqual(entries);
    expect(asked).toHaveLength(once);
  });

  test('are the local ones alone when only these were asked for', async () => {
    const { registry, asked } = await registryWith('/v2/library/fox/manifests/8b-q8_0');
    const catalog = new OllamaCatalog(await serverWith(['fox:8b-fp16']), registry);
    const entries = await catalog.variants('fox:8b', { remote: false });
    expect(entries.map(({ name }) => name)).toEqual(['fox:8b-fp16']);
    expect(asked).toEqual([]);
  });

  test('are the local ones alone when the library is out of reach', async () => {
    const registry = new OllamaRegistry({ url: 'http://no-such-host.invalid' });
    open.push({ stop: () => registry.close() });
    const entries = await new OllamaCatalog(await serverWith(['fox:8b']), registry).variants('fox:8b');
    expect(entries.map(({ name }) => name)).toEqual(['fox:8b']);
  });

  test('are not looked for in the library for cloud models and other registries', async () => {
    const { registry, asked } = await registryWith('/none');
    const catalog = new OllamaCatalog(await serverWith([]), registry);
    await catalog.variants('gpt-oss:120b-cloud');
    await catalog.variants('hf.co/org/repo:Q4_K_M');
    expect(asked).toEqual([]);
  });
});
