import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RemoteClient } from '@plimsoll/transport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { largeModel } from '../../test/large-header.js';
import { startRangeServer, type RangeServer } from '../../test/range-server.js';
import { RemoteReader } from '../http/remote-reader.js';
import { UrlModelInspector } from '../http/url-model-inspector.js';
import { DiskHeaderCache } from './disk-header-cache.js';

let folder = '';
let server: RangeServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'header-cache-'));
  server = await startRangeServer();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const entry = (bytes: number) => ({
  size: 1000,
  etag: '"a"',
  ranges: [
    { offset: 0, bytes: new Uint8Array(bytes).fill(1) },
    { offset: 500, bytes: new Uint8Array(bytes).fill(2) },
  ],
});

describe('DiskHeaderCache', () => {
  it('gives back what was put', async () => {
    const cache = new DiskHeaderCache({ folder });
    await cache.put('k', entry(10));
    const found = await cache.get('k');
    expect(found).toMatchObject({ size: 1000, etag: '"a"' });
    expect(found?.ranges.map(({ offset, bytes }) => [offset, [...bytes]])).toEqual([
      [0, new Array(10).fill(1)],
      [500, new Array(10).fill(2)],
    ]);
    expect(await cache.get('other')).toBeNull();
  });

  it('drops a damaged entry', async () => {
    const cache = new DiskHeaderCache({ folder });
    await cache.put('k', entry(10));
    const [name = ''] = await readdir(folder);
    const stored = await readFile(join(folder, name));
    stored[stored.length - 1] = 9;
    await writeFile(join(folder, name), stored);
    expect(await cache.get('k')).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it('removes what was used longest ago beyond its limit', async () => {
    const cache = new DiskHeaderCache({ folder, maxBytes: 3000 });
    for (const key of ['a', 'b']) {
      await cache.put(key, entry(500));
      for (const name of await readdir(folder)) {
        const usedAt = key === 'a' ? 1000 : 2000;
        if (await cacheHolds(name, key)) await utimes(join(folder, name), usedAt, usedAt);
      }
    }
    expect(await cache.get('a')).not.toBeNull();
    await cache.put('c', entry(500));
    expect(await cache.get('b')).toBeNull();
    expect(await cache.get('a')).not.toBeNull();
    expect(await cache.get('c')).not.toBeNull();
  });

  it('keeps nothing that is larger than its limit, and never fails', async () => {
    const small = new DiskHeaderCache({ folder, maxBytes: 100 });
    await small.put('k', entry(500));
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, 'file'), '');
    const impossible = new DiskHeaderCache({ folder: join(folder, 'file', 'below') });
    await impossible.put('k', entry(1));
    expect(await impossible.get('k')).toBeNull();
  });
});

describe('reading URLs through the cache', () => {
  const access = { allowHttp: true, allowPrivateAddresses: true };
  const read = () =>
    new UrlModelInspector({ access, cache: new DiskHeaderCache({ folder }) }).inspect({
      kind: 'url',
      url: `${server.baseUrl}/m.gguf`,
    });

  it('fetches an unchanged file once, and a changed one again', async () => {
    server.routes.set('/m.gguf', { file: largeModel('"1"') });
    const first = await read();
    const second = await read();
    expect(first.fetchedBytes).toBeGreaterThan(1000);
    expect(second.fetchedBytes).toBe(0);
    expect(second.header).toEqual(first.header);
    server.routes.set('/m.gguf', { file: largeModel('"2"', 'qwen2') });
    const third = await read();
    expect(third.header.architecture).toBe('qwen2');
  });

  it('works from the cache when the server is gone or failing', async () => {
    server.routes.set('/m.gguf', { file: largeModel('"1"') });
    const first = await read();
    server.routes.set('/m.gguf', { status: 503 });
    expect((await read()).header).toEqual(first.header);
    await server.close();
    const offline = await read();
    expect(offline.header).toEqual(first.header);
    expect(offline.fetchedBytes).toBe(0);
  });

  it('takes an unasked 304 for an error, with and without a cached copy', async () => {
    server.routes.set('/m.gguf', { status: 304 });
    await expect(read()).rejects.toMatchObject({ code: 'backend-failed' });
    const uncached = new UrlModelInspector({ access }).inspect({ kind: 'url', url: `${server.baseUrl}/m.gguf` });
    await expect(uncached).rejects.toMatchObject({ code: 'backend-failed' });
    expect(server.requests).toHaveLength(2);
  });

  it('takes one server at its word for itself alone, whatever digest it claims', async () => {
    const honest = await startRangeServer();
    try {
      server.routes.set('/m.gguf', { file: largeModel('"1"', 'qwen2') });
      honest.routes.set('/m.gguf', { file: largeModel('"1"') });
      const digest = `sha256:${'a'.repeat(64)}`;
      const architecture = async (baseUrl: string): Promise<string> => {
        const reader = new RemoteReader(new RemoteClient(access), new DiskHeaderCache({ folder }));
        const file = { url: new URL('/m.gguf', baseUrl), name: 'm.gguf', digest, expectedBytes: null };
        return (await reader.model([file], {})).architecture;
      };
      expect(await architecture(server.baseUrl)).toBe('qwen2');
      expect(await architecture(honest.baseUrl)).toBe('llama');
      const { length } = honest.requests;
      expect(await architecture(honest.baseUrl)).toBe('llama');
      expect(honest.requests).toHaveLength(length);
    } finally {
      await honest.close();
    }
  });

  it('does not bring back a file that was taken away', async () => {
    server.routes.set('/m.gguf', { file: largeModel('"1"') });
    await read();
    server.routes.delete('/m.gguf');
    await expect(read()).rejects.toThrow(/does not exist/);
  });
});

async function cacheHolds(name: string, key: string): Promise<boolean> {
  return (await readFile(join(folder, name), 'utf8')).startsWith(`{"key":"${key}"`);
}
