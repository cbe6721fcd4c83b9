import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BackendFailedError,
  InvalidInputError,
  ModelNotFoundError,
  UnsupportedModelError,
  type Level,
} from '@plimsoll/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskHeaderCache } from '@plimsoll/adapter-gguf';
import { largeModel, startRangeServer, type RangeServer, LOCAL, fakeDigest } from '../../test/support.js';
import { OllamaLibrary, type OllamaLibraryOptions } from './ollama-library.js';

const model = largeModel();

let registry: RangeServer;
let storage: RangeServer;
beforeEach(async () => {
  [registry, storage] = await Promise.all([startRangeServer(), startRangeServer()]);
});
afterEach(() => Promise.all([registry.close(), storage.close()]));

const settingsAt = (level: Level) => ({
  ...{ model_format: 'gguf', model_family: 'llama', model_type: '8.0B' },
  ...{ file_type: level, os: 'linux' },
});
const digestOf = (document: object): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(document)).digest('hex')}`;

/** Publishes a tag as the registry does: a manifest, a configuration blob, a model blob behind a 307. */
function publish(path: string, tag: string, level: Level, digit: string, modelBytes = model.size): void {
  const settings = settingsAt(level);
  const [modelDigest, configDigest] = [`sha256:${fakeDigest(digit)}`, digestOf(settings)];
  registry.routes.set(`/v2/${path}/manifests/${tag}`, {
    json: {
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', digest: configDigest, size: 485 },
      layers: [
        { mediaType: 'application/vnd.ollama.image.template', digest: `sha256:${fakeDigest('9')}`, size: 10 },
        { mediaType: 'application/vnd.ollama.image.model', digest: modelDigest, size: modelBytes },
      ],
    },
  });
  registry.routes.set(`/v2/${path}/blobs/${configDigest}`, { json: settings });
  const signed = `/bucket/${digit}?X-Amz-Signature=secret`;
  storage.routes.set(signed, { file: model });
  registry.routes.set(`/v2/${path}/blobs/${modelDigest}`, {
    file: model,
    behaviour: { redirect: `${storage.baseUrl}${signed}`, status: 307 },
  });
}

const library = (options: Partial<OllamaLibraryOptions> = {}): OllamaLibrary =>
  new OllamaLibrary({ baseUrl: registry.baseUrl, access: LOCAL, ...options });
const inspect = (name: string, subject = library()) => subject.inspect({ kind: 'ollama-library', name });

describe('OllamaLibrary.inspect', () => {
  it('reads the header of the model layer by ranges after the redirect', async () => {
    publish('library/llama3.1', '8b', 'Q4_K_M', 'a');
    const found = await inspect('llama3.1:8b');
    expect(found).toMatchObject({ digest: `sha256:${fakeDigest('a')}`, origin: 'ollama:llama3.1:8b', path: null });
    expect(found.header).toMatchObject({ headerBytes: model.header.length, fileBytes: model.size });
    expect(found.fetchedBytes).toBe(registry.sentBytes() + storage.sentBytes());
    expect(found.fetchedBytes).toBeLessThanOrEqual(model.header.length + 2 ** 20);
    expect(registry.requests[0]?.headers.accept).toBe('application/vnd.docker.distribution.manifest.v2+json');
    expect(storage.requests.every(({ range }) => range?.startsWith('bytes=') === true)).toBe(true);
  });

  it('fills in namespace and tag', async () => {
    publish('library/tiny', 'latest', 'Q4_0', 'b');
    publish('someone/tiny', 'q8', 'Q8_0', 'c');
    expect((await inspect('tiny')).origin).toBe('ollama:tiny:latest');
    expect((await inspect('someone/tiny:q8')).origin).toBe('ollama:someone/tiny:q8');
  });

  it('does not believe one registry what another said of the same digest', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'library-cache-'));
    const mirror = await startRangeServer();
    try {
      const forged = largeModel(undefined, 'forged');
      publish('library/llama3.1', '8b', 'Q4_K_M', 'a', forged.size);
      for (const [path, route] of registry.routes) mirror.routes.set(path, route);
      mirror.routes.set(`/v2/library/llama3.1/blobs/sha256:${fakeDigest('a')}`, { file: forged });
      publish('library/llama3.1', '8b', 'Q4_K_M', 'a');
      const cache = new DiskHeaderCache({ folder });
      expect((await inspect('llama3.1:8b', library({ cache, baseUrl: mirror.baseUrl }))).header.architecture).toBe(
        'forged',
      );
      expect((await inspect('llama3.1:8b', library({ cache }))).header.architecture).toBe('llama');
    } finally {
      await mirror.close();
      await rm(folder, { recursive: true });
    }
  });

  it('fetches a blob once, whatever tag names it, and works without a network', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'library-cache-'));
    try {
      publish('library/llama3.1', '8b', 'Q4_K_M', 'a');
      publish('library/llama3.1', 'latest', 'Q4_K_M', 'a');
      const cached = (): OllamaLibrary => library({ cache: new DiskHeaderCache({ folder }) });
      await inspect('llama3.1:8b', cached());
      const before = storage.requests.length;
      expect((await inspect('llama3.1', cached())).fetchedBytes).toBeLessThan(2000);
      expect(storage.requests.length).toBe(before);
      await Promise.all([registry.close(), storage.close()]);
      const offline = await inspect('llama3.1:8b', cached());
      expect(offline.fetchedBytes).toBe(0);
      expect(offline.header.architecture).toBe('llama');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('refuses what is no model file', async () => {
    await expect(inspect('absent')).rejects.toBeInstanceOf(ModelNotFoundError);
    await expect(inspect('gpt-oss:120b-cloud')).rejects.toBeInstanceOf(UnsupportedModelError);
    await expect(inspect('a/b/c:d')).rejects.toBeInstanceOf(InvalidInputError);
    await expect(inspect('../x')).rejects.toBeInstanceOf(InvalidInputError);
    registry.routes.set('/v2/library/odd/manifests/latest', { json: { layers: 'none' } });
    await expect(inspect('odd')).rejects.toBeInstanceOf(BackendFailedError);
    registry.routes.set('/v2/library/tensors/manifests/latest', {
      json: { config: { digest: `sha256:${fakeDigest('1')}` }, layers: [] },
    });
    await expect(inspect('tensors')).rejects.toBeInstanceOf(UnsupportedModelError);
  });

  it('catches a blob that is not as long as the manifest says', async () => {
    publish('library/lie', 'latest', 'Q4_K_M', 'd', model.size + 5);
    await expect(inspect('lie')).rejects.toThrow(/where \d+ were announced/);
  });
});

describe('OllamaLibrary.variants', () => {
  it('does not believe settings of another digest, and keeps no copy of them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'library-cache-'));
    try {
      publish('library/llama3.1', '8b', 'Q4_K_M', 'a');
      const cached = (): OllamaLibrary => library({ cache: new DiskHeaderCache({ folder }) });
      const place = [...registry.routes.keys()].find((path) => path.endsWith(digestOf(settingsAt('Q4_K_M')))) ?? '';
      const honest = registry.routes.get(place);
      registry.routes.set(place, { json: { file_type: 'Q8_0' } });
      await expect(cached().variants('ollama:llama3.1:8b')).rejects.toThrow(/its digest is another/);
      await expect(cached().variants('ollama:llama3.1:8b')).rejects.toThrow(/its digest is another/);
      registry.routes.set(place, honest ?? { status: 500 });
      expect((await cached().variants('ollama:llama3.1:8b'))[0]?.level).toBe('Q4_K_M');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('asks for the named tag only, and takes the level from the configuration, not from the name', async () => {
    publish('library/llama3.1', '8b', 'Q4_K_M', 'a');
    publish('library/llama3.1', '8b-q8_0', 'Q8_0', 'b');
    expect(await library().variants('ollama:llama3.1:8b')).toEqual([
      {
        name: 'ollama:llama3.1:8b',
        level: 'Q4_K_M',
        sizeBytes: model.size,
        digest: `sha256:${fakeDigest('a')}`,
        location: 'remote',
      },
    ]);
    expect(await library().variants('llama3.1:8b')).toEqual([]);
    expect(await library().variants('ollama:llama3.1:9b')).toEqual([]);
  });

  it('probes the conventional tags when asked to', async () => {
    publish('library/llama3.1', '8b-instruct', 'Q4_K_M', 'a');
    publish('library/llama3.1', '8b-instruct-q8_0', 'Q8_0', 'b');
    publish('library/llama3.1', '8b-instruct-fp16', 'F16', 'c');
    const found = await library({ probeTags: true }).variants('ollama:llama3.1:8b-instruct-q8_0');
    expect(found.map(({ name, level }) => [name, level])).toEqual([
      ['ollama:llama3.1:8b-instruct-q8_0', 'Q8_0'],
      ['ollama:llama3.1:8b-instruct', 'Q4_K_M'],
      ['ollama:llama3.1:8b-instruct-fp16', 'F16'],
    ]);
  });
});
