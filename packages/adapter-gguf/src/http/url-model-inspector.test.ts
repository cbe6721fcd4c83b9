import {
  BackendFailedError,
  BackendUnreachableError,
  BusyError,
  CancelledError,
  InvalidInputError,
  InvalidModelFileError,
  ModelNotFoundError,
  TimeoutError,
  type InspectedModel,
} from '@plimsoll/domain';
import { createGguf } from '../writer/gguf-writer.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largeModel } from '../../test/large-header.js';
import { startRangeServer, type Behaviour, type RangeServer, type Route } from '../../test/range-server.js';
import type { RemoteAccess } from '@plimsoll/transport';
import { UrlModelInspector } from './url-model-inspector.js';

const LOCAL: RemoteAccess = { allowHttp: true, allowPrivateAddresses: true };
const MEBIBYTE = 2 ** 20;
const model = largeModel('"e1"');

let server: RangeServer;
let other: RangeServer;
beforeAll(async () => {
  server = await startRangeServer();
  other = await startRangeServer();
});
afterAll(() => Promise.all([server.close(), other.close()]));

let route = 0;
const serve = (what: Route, at: RangeServer = server, name = 'm.gguf'): string => {
  const path = `/${route++}/${name}`;
  at.routes.set(path, what);
  return `${at.baseUrl}${path}`;
};
const inspect = (url: string, access: RemoteAccess = LOCAL): Promise<InspectedModel> =>
  new UrlModelInspector({ access }).inspect({ kind: 'url', url });

describe('UrlModelInspector', () => {
  it('reads a header by ranges, and hardly more than that', async () => {
    const before = server.sentBytes();
    const found = await inspect(serve({ file: model }));
    expect(found.header).toMatchObject({
      architecture: 'llama',
      headerBytes: model.header.length,
      fileBytes: model.size,
    });
    expect(found.fetchedBytes).toBe(server.sentBytes() - before);
    expect(found.fetchedBytes).toBeLessThanOrEqual(model.header.length + MEBIBYTE);
  });

  it('does not fetch the numbers that it passes over', async () => {
    const header = createGguf({
      metadata: {
        'general.architecture': 'llama',
        scores: { type: 'float64', value: new Array<number>(500_000).fill(1) },
      },
    });
    const found = await inspect(serve({ file: { header, size: header.length } }));
    expect(found.header.headerBytes).toBe(header.length);
    expect(found.fetchedBytes).toBeLessThan(header.length / 2);
  });

  it('follows redirects, also to another server, and asks the last one for the following ranges', async () => {
    const target = serve({ file: model }, other);
    const start = serve({ file: model, behaviour: { redirect: target } });
    const requestsBefore = server.requests.length;
    const found = await inspect(start);
    expect(found.header.headerBytes).toBe(model.header.length);
    expect(server.requests.length - requestsBefore).toBe(1);
  });

  it('gives up on redirects in a circle', async () => {
    const url = serve({ file: model });
    server.routes.set(new URL(url).pathname, { file: model, behaviour: { redirect: url, status: 302 } });
    await expect(inspect(url)).rejects.toThrow(/redirects more than 5 times/);
  });

  it('reads from a slow server', async () => {
    expect((await inspect(serve({ file: model, behaviour: 'throttles' }))).header.tensors).toHaveLength(1);
  });

  it('tries again when a connection breaks once', async () => {
    expect((await inspect(serve({ file: model, behaviour: 'breaks-once' }))).header.tensors).toHaveLength(1);
  });

  it('reads the parts of a split model as one', async () => {
    const part = (no: number): Uint8Array =>
      createGguf({
        metadata: { ...(no === 0 ? { 'general.architecture': 'llama' } : {}), 'split.no': no, 'split.count': 2 },
        tensors: [{ name: `t${no}`, shape: [32], type: 'F32' }],
      });
    const first = serve({ file: { header: part(0), size: part(0).length + 128 } }, server, 'm-00001-of-00002.gguf');
    const second = new URL(first.replace('00001-of', '00002-of')).pathname;
    server.routes.set(second, { file: { header: part(1), size: part(1).length + 128 } });
    const found = await inspect(`${server.baseUrl}${second}`);
    expect(found.header).toMatchObject({ parts: 2, architecture: 'llama' });
    expect(found.header.tensors.map(({ name }) => name)).toEqual(['t0', 't1']);
  });
});

describe('UrlModelInspector against servers that lie or fail', () => {
  it.each<[Behaviour, RegExp]>([
    ['ignores-ranges', /sends more than the \d+ bytes that were asked for/],
    ['shifts-ranges', /sends bytes 1-524288 where 0-524287 were asked for/],
    ['no-content-range', /without saying which/],
    ['grows', /says the file has \d+ bytes, and \d+ before/],
    ['changes-etag', /changed the file while it was read/],
    ['sends-more', /sends more than/],
    ['compresses', /compressed/],
    ['cuts', /broke the connection/],
  ])('%s', async (behaviour, message) => {
    await expect(inspect(serve({ file: model, behaviour }))).rejects.toThrow(message);
  });

  it('demands 206 even for a small file', async () => {
    const small = { header: createGguf({ metadata: { 'general.architecture': 'llama' } }), size: 64 };
    await expect(inspect(serve({ file: small, behaviour: 'ignores-ranges' }))).rejects.toThrow(
      /HTTP 200 instead of 206/,
    );
  });

  it('limits the wait for a stalled answer', async () => {
    const url = serve({ file: model, behaviour: 'stalls' });
    await expect(inspect(url, { ...LOCAL, idleTimeoutMs: 300 })).rejects.toBeInstanceOf(TimeoutError);
    await expect(inspect(url, { ...LOCAL, requestTimeoutMs: 300 })).rejects.toBeInstanceOf(TimeoutError);
  });

  it('says so when the header is cut off or the content is no model', async () => {
    const cut = { header: model.header, size: model.size - 1 };
    await expect(inspect(serve({ file: cut }))).rejects.toThrow(/token_embd.weight.*but the file has only/);
    const page = new TextEncoder().encode('<!DOCTYPE html><html></html>');
    await expect(inspect(serve({ file: { header: page, size: page.length } }))).rejects.toThrow(/web page/);
    await expect(inspect(serve({ file: { header: page, size: 0 } }))).rejects.toBeInstanceOf(InvalidModelFileError);
  });

  it.each([
    [404, ModelNotFoundError],
    [401, ModelNotFoundError],
    [403, ModelNotFoundError],
    [429, BusyError],
    [503, BusyError],
    [500, BackendFailedError],
  ])('turns HTTP %i into the right error', async (status, type) => {
    await expect(inspect(serve({ status }))).rejects.toBeInstanceOf(type);
  });

  it('tells an unreachable server', async () => {
    const gone = await startRangeServer();
    await gone.close();
    await expect(inspect(`${gone.baseUrl}/m.gguf`)).rejects.toBeInstanceOf(BackendUnreachableError);
  });

  it('stops when it is cancelled', async () => {
    const inspector = new UrlModelInspector({ access: LOCAL });
    const url = serve({ file: model, behaviour: 'stalls' });
    const reading = inspector.inspect({ kind: 'url', url }, { signal: AbortSignal.timeout(100) });
    await expect(reading).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('UrlModelInspector guards', () => {
  const refuse = async (url: string, access: RemoteAccess, message: RegExp): Promise<void> => {
    const before = server.requests.length;
    const error: unknown = await inspect(url, access).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as Error).message).toMatch(message);
    expect(server.requests.length).toBe(before);
  };

  it('refuses plain http, other schemes and credentials in the address', async () => {
    await refuse(serve({ file: model }), { allowPrivateAddresses: true }, /read over https only/);
    await refuse('file:///etc/passwd', LOCAL, /https only/);
    await refuse('https://user:secret@example.com/m.gguf', LOCAL, /user name or password/);
    await refuse('no url', LOCAL, /no valid URL/);
  });

  it.each(['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254', '10.0.0.1'])(
    'refuses the private address %s',
    async (host) => {
      const port = new URL(server.baseUrl).port;
      await refuse(`http://${host}:${port}/m.gguf`, { allowHttp: true }, /private network/);
    },
  );

  it('refuses a name that leads to a private address, at the moment of connecting', async () => {
    const asked: string[] = [];
    const resolve = async (hostname: string) => {
      asked.push(hostname);
      return [{ address: '127.0.0.1', family: 4 as const }];
    };
    const port = new URL(server.baseUrl).port;
    await refuse(
      `http://rebind.example:${port}/m.gguf`,
      { allowHttp: true, resolve },
      /rebind.example .*private network/,
    );
    expect(asked).toEqual(['rebind.example']);
  });

  it('connects to the very address that was checked', async () => {
    const url = serve({ file: model });
    const { port, pathname } = new URL(url);
    let lookups = 0;
    const resolve = async () => {
      lookups++;
      return [{ address: '127.0.0.1', family: 4 as const }];
    };
    const found = await inspect(`http://models.example:${port}${pathname}`, { ...LOCAL, resolve });
    expect(found.header.architecture).toBe('llama');
    expect(lookups).toBeGreaterThan(0);
  });

  it('checks where a redirect leads', async () => {
    const trusted: RemoteAccess = { allowHttp: true, allowPrivateAddresses: ['127.0.0.1'] };
    expect((await inspect(serve({ file: model }), trusted)).header.architecture).toBe('llama');
    const inside = serve({ file: model, behaviour: { redirect: 'http://10.0.0.1/m.gguf' } });
    await expect(inspect(inside, trusted)).rejects.toThrow(/10.0.0.1 .*private network/);
    const byName = serve({ file: model, behaviour: { redirect: 'http://localhost:1/m.gguf' } });
    await expect(inspect(byName, trusted)).rejects.toThrow(/localhost .*private network/);
    const toFile = serve({ file: model, behaviour: { redirect: 'file:///etc/passwd' } });
    await expect(inspect(toFile, trusted)).rejects.toThrow(/https only/);
  });
});
