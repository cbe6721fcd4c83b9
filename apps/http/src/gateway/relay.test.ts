import { once as happened } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlaceRequests } from '@plimsoll/application';
import { BackendFailedError, BusyError, OutOfMemoryError } from '@plimsoll/domain';
import type { ModelRuntime, PlimsollError } from '@plimsoll/domain';
import fc from 'fast-check';
import { request } from 'undici';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startServer } from '../index.js';
import type { StartServerOptions, StartedServer } from '../index.js';
import { fakeServices } from '../../test/fake-services.js';
import type { FakeServices } from '../../test/fake-services.js';
import { renameModel } from './rename-model.js';

const VARIANT = 'tale:1b-q4_K_M';
let upstream: Server | undefined;
let server: StartedServer | undefined;
afterEach(async () => {
  await server?.close(0);
  upstream?.closeAllConnections();
  upstream?.close();
  [server, upstream] = [undefined, undefined];
});

interface Scene {
  readonly url: string;
  readonly services: FakeServices;
}

/** A gateway before a server that speaks all dialects. */
async function gateway(
  answer: (incoming: IncomingMessage, response: ServerResponse) => void | Promise<void>,
  { places, ...options }: Pick<StartServerOptions, 'admission' | 'heartbeatMs'> & { places?: Placing } = {},
): Promise<Scene> {
  upstream = createHttpServer((incoming, response) => void answer(incoming, response)).listen(0, '127.0.0.1');
  await happened(upstream, 'listening');
  const address = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const errorOf = (_: number, message: string): PlimsollError =>
    /out of memory/.test(message)
      ? new OutOfMemoryError(message)
      : new (/busy/.test(message) ? BusyError : BackendFailedError)(message);
  const apis: ModelRuntime['apis'] = { address, dialects: ['ollama', 'openai', 'anthropic'], errorOf };
  const services = fakeServices({ quantizationBits: 4, contextTokens: 2048 }, (inner) =>
    Object.assign(inner, { apis }),
  );
  const lent = services.backend;
  if (places !== undefined)
    services.backend = async () => lent().then((lease) => ({ ...lease, places: places(lease.places) }));
  server = await startServer({ services, host: '127.0.0.1', port: 0, ...options });
  return { url: server.url, services };
}

/** Puts something between the gateway and who places its requests. */
type Placing = (places: PlaceRequests) => PlaceRequests;
/** Does it the first time alone. */
function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
const post = async (url: string, body: object, headers: Record<string, string> = {}) =>
  request(url, { method: 'POST', body: JSON.stringify(body), headers });
async function read(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const piece of incoming) text += String(piece);
  return JSON.parse(text) as Record<string, unknown>;
}

test('only the name of the model is changed, there and back', async () => {
  let seen: unknown;
  let headers: IncomingMessage['headers'] = {};
  const { url, services } = await gateway(async (incoming, response) => {
    ({ headers } = incoming);
    seen = await read(incoming);
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-of-ollama': 'kept' });
    const text = String.raw`{"model":"${VARIANT}","message":{"content":"say \"model\":\"${VARIANT}\""},"done":false}`;
    response.write(`${text}\n`);
    response.end(`{"model":"${VARIANT}","done":true,"eval_count":7,"eval_duration":7000000}\n`);
  });
  const body = { model: 'tale:1b', messages: [{ role: 'user', content: 'Hi' }], options: { min_p: 0.1, num_ctx: 99 } };
  const answer = await post(`${url}/api/chat`, body, { origin: 'http://localhost:3000' });
  expect(answer.headers).toMatchObject({
    ...{ 'x-plimsoll-variant': VARIANT, 'x-of-ollama': 'kept' },
    'access-control-allow-origin': 'http://localhost:3000',
  });
  const [first, last] = (await answer.body.text()).trim().split('\n');
  expect(first).toBe(String.raw`{"model":"tale:1b","message":{"content":"say \"model\":\"${VARIANT}\""},"done":false}`);
  expect(JSON.parse(last ?? '')).toMatchObject({ model: 'tale:1b', eval_count: 7 });
  expect(seen).toEqual({ ...body, model: VARIANT, options: { min_p: 0.1, num_ctx: 2048 } });
  expect(headers).not.toHaveProperty('origin');
  await vi.waitFor(() => expect(services.state.leases).toBe(0));
  expect(await services.statistics.statistics()).toMatchObject([{ variant: VARIANT }]);
});

test.each([
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }],
  ['/v1/responses', { input: 'Hi' }],
  ['/v1/messages', { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1 }],
  ['/v1/embeddings', { input: 'Hi' }],
  ['/api/generate', { prompt: 'Hi' }],
  ['/api/embed', { input: 'Hi' }],
])('%s goes through', async (path, fields) => {
  const { url } = await gateway(async (incoming, response) => {
    const { model } = await read(incoming);
    response.end(JSON.stringify({ path: incoming.url, model }));
  });
  const answer = await post(url + path, { model: 'tale:1b', ...fields });
  expect(await answer.body.json()).toEqual({ path, model: 'tale:1b' });
  expect(answer.headers['x-plimsoll-variant']).toBe(VARIANT);
});

test('what is not about a generation goes through as it is, a large file piece by piece', async () => {
  let bytes = 0;
  const { url } = await gateway(async (incoming, response) => {
    for await (const piece of incoming) bytes += (piece as Buffer).length;
    response.writeHead(201).end(incoming.method);
  });
  const piece = Buffer.alloc(1024 * 1024);
  const file = Readable.from(Array.from({ length: 80 }, () => piece));
  const uploaded = await request(`${url}/api/blobs/sha256:abc`, {
    ...{ method: 'POST', body: file },
    headers: { 'content-type': 'application/json' },
  });
  expect(uploaded.statusCode).toBe(201);
  expect(bytes).toBe(80 * piece.length);
  const deleted = await request(`${url}/api/delete`, { method: 'DELETE', body: '{"model":"tale:1b"}' });
  expect(await deleted.body.text()).toBe('DELETE');
});

describe('where several servers can answer', () => {
  async function serverThat(answer: (response: ServerResponse) => void): Promise<string> {
    const other = createHttpServer((_incoming, response) => answer(response)).listen(0, '127.0.0.1');
    onTestFinished(() => {
      other.closeAllConnections();
      other.close();
    });
    await happened(other, 'listening');
    return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  }
  const body = { model: 'tale:1b', messages: [{ role: 'user', content: 'Hi' }] };
  async function ask(first: string, fields: object = {}) {
    const ended: unknown[] = [];
    let asked = 0;
    const { url, services } = await gateway((_incoming, response) => {
      asked += 1;
      response.end(`{"model":"${VARIANT}","done":true}\n`);
    });
    const apis = (await services.backend()).runtime.apis;
    if (apis === undefined) throw new Error('There is no server behind it.');
    const hosts = [first, apis.address].map((address) => ({
      address,
      begin: () => (error: unknown) => ended.push(error),
    }));
    Object.assign(apis, { hostsOf: async () => hosts });
    const answer = await post(`${url}/api/chat`, { ...body, ...fields });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, asked, ended, records: await services.statistics.statistics() };
  }

  test.each([
    ['is gone', async () => 'http://127.0.0.1:1'],
    ['ends the connection without a word', () => serverThat((response) => response.destroy())],
    ['is busy', () => serverThat((response) => response.writeHead(503).end('{"error":"server busy"}'))],
  ])('the next one does when the first one %s, and no failure is kept of the variant', async (_, first) => {
    const { status, text, asked, ended, records } = await ask(await first());
    expect([status, asked]).toEqual([200, 1]);
    expect(text).toBe('{"model":"tale:1b","done":true}\n');
    expect(ended).toEqual([expect.any(Error), null]);
    expect(records).toMatchObject([{ variant: VARIANT, failed: 0 }]);
  });

  test('a refusal of the request itself is the answer', async () => {
    const first = await serverThat((response) => response.writeHead(400).end('{"error":"invalid options"}'));
    expect(await ask(first)).toMatchObject({ status: 400, text: '{"error":"invalid options"}', asked: 0 });
  });

  test('an answer that breaks after its first byte is not asked for again', async () => {
    const first = await serverThat((response) => {
      response.write(`{"model":"${VARIANT}","done":false}\n`);
      setTimeout(() => response.destroy(), 20);
    });
    const { status, text, asked } = await ask(first);
    expect([status, asked]).toEqual([200, 0]);
    expect(text).toMatch(/^\{"model":"tale:1b","done":false\}\n\{"error":".*broke off/);
  });
});

test("the server's own refusals are told as they are", async () => {
  const { url } = await gateway((_incoming, response) => {
    response.writeHead(418).end('{"error":"a teapot"}');
  });
  const answer = await post(`${url}/api/generate`, { model: 'tale:1b', prompt: 'Hi' });
  expect(answer.statusCode).toBe(418);
  expect(await answer.body.json()).toEqual({ error: 'a teapot' });
});

test('a server that is gone is an answer in the words of the dialect', async () => {
  const { url, services } = await gateway(() => undefined);
  upstream?.close();
  upstream?.closeAllConnections();
  const answer = await post(`${url}/v1/chat/completions`, {
    model: 'tale:1b',
    messages: [{ role: 'user', content: 'Hi' }],
  });
  expect(answer.statusCode).toBe(502);
  expect(await answer.body.json()).toMatchObject({ error: { type: 'server_error' } });
  expect(services.state.leases).toBe(0);
});

test.each([
  ['/api/chat', {}, '{"error":"The answer broke off: other side closed"}\n'],
  ['/v1/chat/completions', { stream: true }, '"type":"server_error"'],
  ['/v1/messages', { stream: true, max_tokens: 9 }, 'event: error\ndata: {"type":"error"'],
])('%s: a stream that is cut says so, and no half line goes before', async (path, fields, words) => {
  const { url, services } = await gateway((incoming, response) => {
    incoming.resume();
    response.write('data: {"model":"x"}\ndata: {"mod', () => setTimeout(() => response.destroy(), 20));
  });
  const body = { model: 'tale:1b', messages: [{ role: 'user', content: 'Hi' }], ...fields };
  const answer = await post(url + path, body);
  const text = await answer.body.text();
  expect(answer.statusCode).toBe(200);
  expect(text.startsWith('data: {"model":"x"}\n')).toBe(true);
  expect(text).not.toContain('{"mod\n');
  expect(text.slice(20)).toContain(words);
  await vi.waitFor(() => expect(services.state.leases).toBe(0));
  expect(await services.statistics.statistics()).toMatchObject([{ failed: 1, succeeded: 0 }]);
});

test('an answer that comes at once and is cut is broken off', async () => {
  const { url } = await gateway((incoming, response) => {
    incoming.resume();
    response.write('{"model":', () => setTimeout(() => response.destroy(), 20));
  });
  const answer = await post(`${url}/api/generate`, { model: 'tale:1b', prompt: 'Hi', stream: false });
  await expect(answer.body.text()).rejects.toThrow();
});

test.each(['before the first byte', 'in the middle'])('a client that leaves %s is gone there, too', async (when) => {
  let started = false;
  let left = false;
  const { url, services } = await gateway((incoming, response) => {
    started = true;
    response.on('close', () => (left = !response.writableFinished));
    incoming.resume();
    if (when === 'in the middle') response.write('{"model":"x"}\n');
  });
  const client = new AbortController();
  const answer = request(`${url}/api/generate`, {
    ...{ method: 'POST', signal: client.signal },
    body: JSON.stringify({ model: 'tale:1b', prompt: 'Hi' }),
  });
  await vi.waitFor(() => expect(started).toBe(true));
  if (when === 'in the middle') await answer;
  client.abort();
  await answer.catch(() => undefined);
  await vi.waitFor(() => expect(left).toBe(true));
  await vi.waitFor(() => expect(services.state.leases).toBe(0));
});

describe('renaming', () => {
  const through = (text: string, cuts: readonly number[], from = 'a:b', to = 'c'): string => {
    const bytes = Buffer.from(text);
    const at = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
    const rename = renameModel(from, to);
    const out = [...pieces.map((piece) => rename?.piece(piece)), rename?.end()];
    return Buffer.concat(out.filter((piece) => piece != null)).toString();
  };

  test('does not depend on how the bytes are cut', () => {
    const line = fc.record({ model: fc.constantFrom('a:b', 'other'), text: fc.string({ unit: 'grapheme' }) });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.array(fc.nat()), (values, cuts) => {
        const write = (name: (model: string) => string): string =>
          values.map((value) => `${JSON.stringify({ ...value, model: name(value.model) })}\n`).join('');
        const expected = write((model) => (model === 'a:b' ? 'c' : model));
        expect(
          through(
            write((model) => model),
            cuts,
          ),
        ).toBe(expected);
      }),
    );
  });

  test('a long line passes without being gathered', () => {
    const text = `{"model":"a:b","data":"${'x'.repeat(1_000_000)}"}`;
    expect(through(text, [10, 500_000])).toBe(text.replace('a:b', 'c'));
  });
});

test('the operating point that is planned is in a header, and a client may choose a level', async () => {
  const { url } = await gateway(async (incoming, response) => {
    const { model } = await read(incoming);
    response.end(JSON.stringify({ model }));
  });
  const ask = async (model: string, headers: Record<string, string> = {}) => {
    const answer = await post(`${url}/v1/chat/completions`, { model, messages: [] }, headers);
    return [answer.statusCode, answer.headers['x-plimsoll-point'], await answer.body.json()];
  };
  const full = [200, 'level=F16, context=2048'];
  expect(await ask('tale:1b')).toEqual([200, 'level=Q4_K_M, context=2048', { model: 'tale:1b' }]);
  expect(await ask('tale:1b@F16')).toEqual([...full, { model: 'tale:1b@F16' }]);
  expect(await ask('tale:1b', { 'x-plimsoll-level': 'f16' })).toEqual([...full, { model: 'tale:1b' }]);
  expect((await ask('tale:1b@Q99'))[0]).toBe(400);
});

test('show of a base name is that of the variant that would answer, with its level in the basename', async () => {
  const shown = { license: 'MIT', model_info: { 'general.basename': 'Tale', 'general.architecture': 'llama' } };
  let asked: unknown;
  const { url } = await gateway(async (incoming, response) => {
    asked = await read(incoming);
    response.end(JSON.stringify(shown));
  });
  const answer = await post(`${url}/api/show`, { model: 'tale:1b' });
  expect(asked).toEqual({ model: VARIANT });
  expect(await answer.body.json()).toEqual({
    ...shown,
    model_info: { ...shown.model_info, 'general.basename': 'Tale Q4_K_M' },
  });
  expect(answer.headers['x-plimsoll-variant']).toBe(VARIANT);
});

test('nothing is parsed and written again where no name changes', async () => {
  let seen = '';
  const { url } = await gateway(async (incoming, response) => {
    for await (const piece of incoming) seen += String(piece);
    response.writeHead(200, { 'content-length': '2' }).end('{}');
  });
  const text = '{ "model": "tale:1b-q4_K_M",\n  "messages": [] , "of_tomorrow": 1.0 }';
  const answer = await request(`${url}/v1/chat/completions`, { method: 'POST', body: text });
  expect(answer.headers['content-length']).toBe('2');
  expect(seen).toBe(text);
});

describe('want of memory', () => {
  /** Has a smaller variant ready so often, and counts what is held. */
  const governed =
    (steps: string[], held: { count: number }): Placing =>
    (places) => ({
      place: async (model, options) => {
        const { chosen } = await places.place(model, options);
        held.count += 1;
        const release = once(() => (held.count -= 1));
        return {
          chosen: steps.length === 0 ? chosen : { ...chosen, variant: steps[0] ?? '' },
          release,
          ranOutOfMemory: async () => {
            release();
            steps.shift();
            return steps.length > 0;
          },
        };
      },
    });
  const chat = { model: 'tale:1b', messages: [{ role: 'user', content: 'Hi' }] };
  /** Runs out of memory with the first of the models. */
  const full = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { model } = await read(incoming);
    if (model === 'large') response.writeHead(500).end('{"error":"cudaMalloc failed: out of memory"}');
    else response.end(`{"model":"${String(model)}","done":true}\n`);
  };

  test.each([undefined, 20])(
    'another try at a smaller point answers, with a heartbeat of %s ms',
    async (heartbeatMs) => {
      const held = { count: 0 };
      const { url } = await gateway(
        async (incoming, response) => {
          if (heartbeatMs !== undefined) await sleep(heartbeatMs * 5);
          return full(incoming, response);
        },
        { places: governed(['large', 'small'], held), ...(heartbeatMs === undefined ? {} : { heartbeatMs }) },
      );
      const answer = await post(`${url}/api/chat`, chat);
      const text = await answer.body.text();
      expect([answer.statusCode, text.trimEnd().split('\n').at(-1)]).toEqual([200, '{"model":"tale:1b","done":true}']);
      if (heartbeatMs === undefined) expect(answer.headers['x-plimsoll-variant']).toBe('small');
      expect(held.count).toBe(0);
    },
  );

  test('where nothing smaller is left it is said in the words of the dialect', async () => {
    const held = { count: 0 };
    const { url } = await gateway(full, { places: governed(['large'], held) });
    const answer = await post(`${url}/v1/chat/completions`, chat);
    expect(answer.statusCode).toBeGreaterThanOrEqual(500);
    expect(await answer.body.json()).toMatchObject({
      error: { message: expect.stringContaining('out of memory') as string },
    });
    expect(held.count).toBe(0);
  });

  test('any other refusal passes as it is, also a long one', async () => {
    const long = JSON.stringify({ error: 'x'.repeat(3_000_000) });
    const { url } = await gateway(
      async (incoming, response) => {
        const { prompt } = await read(incoming);
        response.writeHead(418, { 'x-of-ollama': 'kept' }).end(prompt === 'long' ? long : '{"error":"a teapot"}');
      },
      { places: governed(['small'], { count: 0 }) },
    );
    const ask = (prompt: string) => post(`${url}/api/generate`, { model: 'tale:1b', prompt });
    const short = await ask('short');
    expect([short.statusCode, short.headers['x-of-ollama']]).toEqual([418, 'kept']);
    expect(await short.body.text()).toBe('{"error":"a teapot"}');
    expect(await (await ask('long')).body.text()).toBe(long);
  });
});

describe('a full house', () => {
  const chat = { model: 'tale:1b', messages: [{ role: 'user', content: 'Hi' }] };

  test('one request too many gets 503 with the time to come again, in the words of each dialect', async () => {
    let finish = (): void => undefined;
    const { url } = await gateway(
      (incoming, response) => {
        incoming.resume();
        finish = () => response.end('{}');
      },
      { admission: { concurrent: 1, mostWaiting: 0 } },
    );
    const first = post(`${url}/v1/chat/completions`, chat);
    await vi.waitFor(() => expect(finish).not.toBeUndefined());
    await vi.waitFor(async () => {
      const answer = await post(`${url}/v1/chat/completions`, chat);
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
      expect(await answer.body.json()).toMatchObject({ error: { type: 'server_error' } });
    });
    const anthropic = await post(`${url}/v1/messages`, { ...chat, max_tokens: 9 });
    expect([anthropic.statusCode, anthropic.headers['retry-after']]).toEqual([529, '1']);
    finish();
    expect((await first).statusCode).toBe(200);
  });

  test.each([
    ['/api/chat', {}, (text: string) => JSON.parse(text.split('\n')[0] ?? '') as unknown, { done: false }],
    [
      '/v1/chat/completions',
      { stream: true },
      (text: string) => ({ text: text.slice(0, 10) }),
      { text: ': waiting\n' },
    ],
  ] as const)('%s: who waits long gets bytes, and then the answer', async (path, fields, firstOf, first) => {
    const { url } = await gateway(
      async (incoming, response) => {
        const { model } = await read(incoming);
        setTimeout(() => response.end(`{"model":"${String(model)}","done":true}\n`), 400);
      },
      { heartbeatMs: 60 },
    );
    const answer = await post(url + path, { ...chat, ...fields });
    const text = await answer.body.text();
    expect(answer.statusCode).toBe(200);
    expect(firstOf(text)).toMatchObject(first);
    expect(text.trimEnd().split('\n').at(-1)).toBe('{"model":"tale:1b","done":true}');
  });

  test.each([
    ['/api/chat', {}, '{"error":"no such luck"}'],
    ['/v1/chat/completions', { stream: true }, '"message":"no such luck"'],
    ['/v1/messages', { stream: true, max_tokens: 9 }, 'event: error'],
  ])('%s: a refusal after that is the last word', async (path, fields, last) => {
    const { url } = await gateway(
      (incoming, response) => {
        incoming.resume();
        setTimeout(() => response.writeHead(500).end('{"error":"no such luck"}'), 300);
      },
      { heartbeatMs: 60 },
    );
    const answer = await post(url + path, { ...chat, ...fields });
    expect(answer.statusCode).toBe(200);
    expect((await answer.body.text()).trimEnd().split('\n').slice(-2).join(' ')).toContain(last);
  });
});
