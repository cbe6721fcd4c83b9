import { describe, expect, test, vi } from 'vitest';
import { createServer } from '../index.js';
import { fakeServices } from '../../test/fake-services.js';
import type { FakeServices } from '../../test/fake-services.js';
import { gatedRuntime } from '../../test/gated-runtime.js';

const host = '127.0.0.1:11434';

async function call(
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS',
  url: string,
  body?: unknown,
  options: { services?: FakeServices; headers?: Record<string, string>; heartbeatMs?: number } = {},
) {
  const { services = fakeServices(), headers = {}, heartbeatMs } = options;
  const { server } = await createServer({ services, heartbeatMs });
  const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) };
  const answer = await server.inject({ method, url, headers: { host, ...headers }, ...payload });
  await server.close();
  expect(services.state.leases).toBe(0);
  return answer;
}
const messages = [{ role: 'user', content: 'Hi' }];

describe('the variant that runs', () => {
  test.each([
    ['/api/chat', { model: 'tale:1b', messages }],
    ['/api/chat', { model: 'tale:1b', messages, stream: false }],
    ['/api/generate', { name: 'tale:1b', prompt: 'Hi' }],
    ['/v1/chat/completions', { model: 'tale:1b', messages }],
    ['/v1/chat/completions', { model: 'tale:1b', messages, stream: true }],
    ['/v1/completions', { model: 'tale:1b', prompt: 'Hi' }],
    ['/v1/responses', { model: 'tale:1b', input: 'Hi' }],
    ['/v1/messages', { model: 'tale:1b', messages, max_tokens: 9 }],
  ])('%s %j: is in a header, and the name is echoed as asked', async (url, body) => {
    const answer = await call('POST', url, body, { services: fakeServices({ quantizationBits: 4 }) });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['x-plimsoll-variant']).toBe('tale:1b-q4_K_M');
    expect(answer.body).toContain('"model":"tale:1b"');
    expect(answer.body).not.toContain('q4_K_M');
  });

  test('base names are listed beside the variants', async () => {
    const names = ['tale:1b', 'tale:1b-fp16', 'tale:1b-q4_K_M'];
    const { models } = (await call('GET', '/api/tags')).json<{ models: { name: string; model: string }[] }>();
    expect(models.map(({ name }) => name)).toEqual(names);
    expect(models.every(({ name, model }) => name === model)).toBe(true);
    const { data } = (await call('GET', '/v1/models')).json<{ data: { id: string }[] }>();
    expect(data.map(({ id }) => id)).toEqual(names);
  });
});

test('a model can be asked for by an alias, which is listed and echoed', async () => {
  const modelAliases = { fast: 'tale:1b@Q4_K_M', 'gpt-*': 'tale:1b-fp16', gone: 'nothing:1b' };
  const aliased = (): FakeServices => fakeServices({ modelAliases, quantizationBits: 16 });
  const { data } = (await call('GET', '/v1/models', undefined, { services: aliased() })).json<{
    data: { id: string }[];
  }>();
  expect(data.map(({ id }) => id)).toEqual(['fast', 'tale:1b', 'tale:1b-fp16', 'tale:1b-q4_K_M']);
  for (const [model, variant] of [
    ['fast', 'tale:1b-q4_K_M'],
    ['gpt-4o', 'tale:1b-fp16'],
  ]) {
    const answer = await call('POST', '/api/chat', { model, messages, stream: false }, { services: aliased() });
    expect([answer.headers['x-plimsoll-variant'], answer.json<{ model: string }>().model]).toEqual([variant, model]);
  }
});

test('a context that a client wishes does not move the planned one', async () => {
  const services = fakeServices({ contextTokens: 4096 });
  await call('POST', '/api/chat', { model: 'tale:1b', messages, options: { num_ctx: 777 } }, { services });
  expect(services.runtime.requests.at(-1)?.load?.contextTokens).toBe(4096);
  const free = fakeServices();
  await call('POST', '/api/chat', { model: 'tale:1b', messages, options: { num_ctx: 777 } }, { services: free });
  expect(free.runtime.requests.at(-1)?.load?.contextTokens).toBe(777);
});

test('silence is bridged by pieces that change nothing', async () => {
  for (const [url, body, piece] of [
    ['/api/chat', { model: 'tale:1b', messages }, '"content":""},"done":false'],
    ['/v1/chat/completions', { model: 'tale:1b', messages, stream: true }, ': waiting'],
    ['/v1/messages', { model: 'tale:1b', messages, max_tokens: 9, stream: true }, 'event: ping'],
  ] as const) {
    const gate = gatedRuntime();
    const services = fakeServices({}, gate.runtime);
    const answer = call('POST', url, body, { services, heartbeatMs: 10 });
    await vi.waitFor(() => expect(gate.seen.started).toBe(1), { interval: 1 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    gate.open(2);
    gate.finish();
    const { body: text, headers } = await answer;
    expect(text).toContain(piece);
    expect(headers['x-plimsoll-variant']).toBe('tale:1b-q4_K_M');
  }
});

test('a wait in the queue shows bytes (llama-swap PR#735, LocalAI #11076), and what answers is named in a trailer', async () => {
  // Far longer than the silence that opens the stream.
  const ready = async (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 200));
  const services = fakeServices(
    {},
    (inner) =>
      new Proxy(inner, {
        get(target, name) {
          if (name === 'find') return async (model: string) => ready().then(() => target.find(model));
          if (name === 'list') return async () => ready().then(() => target.list());
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
  );
  const body = { model: 'tale:1b', messages, stream: true };
  const options = { services, heartbeatMs: 10 };
  const { headers, trailers, body: text } = await call('POST', '/v1/chat/completions', body, options);
  expect(text).toContain(': waiting');
  expect(text).toContain('[DONE]');
  expect(headers).not.toHaveProperty('x-plimsoll-variant');
  expect(headers['trailer']).toBe('x-plimsoll-variant, x-plimsoll-point');
  expect(trailers['x-plimsoll-variant']).toBe('tale:1b-q4_K_M');
});

describe('refusals in the words of each API', () => {
  const services = (): FakeServices => fakeServices({ quantizationEnabled: false });

  test.each([
    ['/api/chat', { model: 'none:1b', messages }, 404],
    ['/api/chat', { messages }, 400],
    ['/api/show', { model: '../../etc/passwd' }, 400],
    ['/api/generate', { model: 'http://169.254.169.254/x.gguf', prompt: 'a' }, 400],
    ['/api/push', { model: 'tale:1b' }, 501],
  ])('%s %j: %i', async (url, body, status) => {
    const answer = await call('POST', url, body, { services: services() });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ error: expect.any(String) as string });
  });

  test.each([
    [{ model: 'none:1b', messages }, 404, { type: 'invalid_request_error', code: 'model_not_found' }],
    [{ messages }, 400, { type: 'invalid_request_error' }],
    [{ model: '/etc/passwd', messages }, 400, { type: 'invalid_request_error' }],
  ])('/v1/chat/completions %j: %i', async (body, status, error) => {
    const answer = await call('POST', '/v1/chat/completions', body, { services: services() });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ error });
  });

  test.each([
    [{ model: 'none:1b', messages, max_tokens: 1 }, 404, 'not_found_error'],
    [{ model: 'tale:1b', messages }, 400, 'invalid_request_error'],
  ])('/v1/messages %j: %i', async (body, status, type) => {
    const answer = await call('POST', '/v1/messages', body, { services: services() });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ type: 'error', error: { type } });
  });

  test('a model that is not there is named in the words that clients look for', async () => {
    const answer = await call('POST', '/api/chat', { model: 'none:1b', messages }, { services: services() });
    expect(answer.json()).toEqual({ error: "model 'none:1b' not found" });
  });

  const inWords = { error: expect.any(String) as string };
  const ofOpenAi = { error: expect.objectContaining({ type: 'invalid_request_error' }) as object };
  test.each([
    ['GET', '/api/nothing', {}, 404, inWords],
    ['PUT', '/api/chat', {}, 405, inWords],
    ['GET', '/api/tags', { host: 'evil.example' }, 403, inWords],
    ['POST', '/v1/nothing', {}, 404, ofOpenAi],
    ['GET', '/v1/messages', {}, 405, { type: 'error', error: expect.any(Object) as object }],
  ] as const)('%s %s %j, before any route: %i', async (method, url, headers, status, body) => {
    const answer = await call(method, url, undefined, { services: services(), headers });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual(expect.objectContaining(body));
  });

  test.each([
    ['/api/chat', { error: 'The body is not valid JSON.' }],
    ['/v1/chat/completions', { error: expect.objectContaining({ message: 'The body is not valid JSON.' }) as object }],
  ])('%s with a body that is no JSON', async (url, body) => {
    const answer = await call('POST', url, '{"model":', { services: services() });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual(body);
  });

  test('pictures are not fetched for a client', async () => {
    const content = [{ type: 'image_url', image_url: { url: 'http://127.0.0.1:9/cat.png' } }];
    const answer = await call('POST', '/v1/chat/completions', {
      model: 'tale:1b',
      messages: [{ role: 'user', content }],
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('data: URLs');
  });
});

describe('the root', () => {
  test('says to programs what Ollama says', async () => {
    expect((await call('GET', '/')).body).toBe('Ollama is running');
    expect((await call('HEAD', '/')).statusCode).toBe(200);
    expect((await call('HEAD', '/api/version')).statusCode).toBe(200);
  });

  test('is a page for people', async () => {
    const { body, headers } = await call('GET', '/', undefined, { headers: { accept: 'text/html,*/*' } });
    expect(headers['content-type']).toContain('text/html');
    expect(body).toContain('<h1>');
    expect(body).toContain('<li>In-memory runtime 1</li>');
  });
});

describe('pages', () => {
  test.each(['http://localhost:3000', 'https://127.0.0.1', 'app://obsidian.md', 'vscode-webview://x'])(
    'of %s may use the APIs of other servers, and not our own',
    async (origin) => {
      const { statusCode, headers } = await call('GET', '/api/tags', undefined, { headers: { origin } });
      expect(statusCode).toBe(200);
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect((await call('OPTIONS', '/api/chat', undefined, { headers: { origin } })).statusCode).toBe(204);
      const own = await call('GET', '/api/plimsoll/v1/models', undefined, { headers: { origin } });
      expect(own.statusCode).toBe(403);
    },
  );

  test.each(['http://evil.example', 'null', 'http://localhost.evil.example'])('of %s may not', async (origin) => {
    const { statusCode, headers } = await call('GET', '/api/tags', undefined, { headers: { origin } });
    expect(statusCode).toBe(403);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});
