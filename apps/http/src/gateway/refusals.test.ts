import { createHash } from 'node:crypto';
import { once as happened } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccessToken, NativeApis } from '@plimsoll/domain';
import { request } from 'undici';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startServer } from '../index.js';
import type { StartedServer } from '../index.js';
import { fakeServices } from '../../test/fake-services.js';

let upstream: Server | undefined;
let server: StartedServer | undefined;
afterEach(async () => {
  await server?.close(0);
  upstream?.closeAllConnections();
  upstream?.close();
  [server, upstream] = [undefined, undefined];
});

const amy: AccessToken = {
  ...{ name: 'amy', sha256: createHash('sha256').update('secret').digest('hex') },
  ...{ scopes: ['infer'], priority: 'normal', requestsPerMinute: null, concurrent: null },
};
const bearer = { authorization: 'Bearer secret' };
const body = { model: 'tale:1b', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 9, stream: false };

/** Backends, by the dialects that they speak: what they do not speak is translated. */
const BACKENDS: Readonly<Record<string, NativeApis['dialects']>> = {
  'the engine inside': [],
  'a managed llama-server': [],
  'an OpenAI-compatible server': ['openai'],
  Ollama: ['ollama', 'openai', 'anthropic'],
};

async function open(dialects: NativeApis['dialects'], accessTokens: readonly AccessToken[] = []): Promise<string> {
  // Never answers.
  upstream = createHttpServer().listen(0, '127.0.0.1');
  await happened(upstream, 'listening');
  const address = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const services = fakeServices({ accessTokens }, (inner) =>
    dialects.length === 0 ? inner : Object.assign(inner, { apis: { address, dialects } }),
  );
  server = await startServer({ services, host: '127.0.0.1', port: 0 });
  return server.url;
}

async function refused(url: string, asked: object | string, headers: Record<string, string> = {}) {
  const text = typeof asked === 'string' ? asked : JSON.stringify(asked);
  const answer = await request(url, { method: 'POST', headers, body: text });
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.json() };
}

const ollama = (error: string): object => ({ error });
const openAi = (type: string) => (message: string) => ({ error: { message, type, param: null, code: null } });
const anthropic = (type: string) => (message: string) => ({ type: 'error', error: { type, message } });

/** Where each dialect is spoken, and its body for a message, by status. */
const DIALECTS = [
  ['/api/chat', ollama, ollama, ollama],
  ['/api/generate', ollama, ollama, ollama],
  [
    '/v1/chat/completions',
    ...[openAi('invalid_request_error'), openAi('authentication_error'), openAi('rate_limit_error')],
  ],
  ['/v1/responses', openAi('invalid_request_error'), openAi('authentication_error'), openAi('rate_limit_error')],
  [
    '/v1/messages',
    ...[anthropic('invalid_request_error'), anthropic('authentication_error'), anthropic('rate_limit_error')],
  ],
] as const;

describe.each(Object.entries(BACKENDS))('before %s', (_backend, dialects) => {
  test.each(DIALECTS)('%s without a token is refused in the words of its dialect', async (path, _400, in401) => {
    const url = await open(dialects, [amy]);
    const { status, headers, body: said } = await refused(url + path, body);
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(said).toEqual(in401('The token is missing or wrong. Send it as "Authorization: Bearer …".'));
  });

  test.each(DIALECTS)('%s too often is refused in the words of its dialect', async (path, _400, _401, in429) => {
    const url = await open(dialects, [{ ...amy, requestsPerMinute: 1 }]);
    // What is wrong with it counts as well.
    expect((await refused(url + path, '{', bearer)).status).toBe(400);
    const { status, headers, body: said } = await refused(url + path, body, bearer);
    expect([status, Number(headers['retry-after'])]).toEqual([429, 60]);
    expect(said).toEqual(in429('amy may send 1 requests a minute.'));
  });

  test.each(DIALECTS)('%s of no model is invalid input', async (path, in400) => {
    const url = await open(dialects);
    for (const model of ['', ' ']) {
      const asked = { ...body, model, prompt: 'Hi', input: 'Hi' };
      const { status, body: said, headers } = await refused(url + path, asked);
      expect(status).toBe(400);
      const id = path === '/v1/messages' ? { request_id: headers['x-request-id'] } : {};
      expect(said).toEqual({ ...in400('model is required'), ...id });
    }
  });

  test.each(DIALECTS)('%s of a body that is no JSON is invalid input, and names its request', async (path, in400) => {
    const { status, headers, body: said } = await refused((await open(dialects)) + path, '{"model":');
    expect(status).toBe(400);
    const id = path === '/v1/messages' ? { request_id: headers['x-request-id'] } : {};
    expect(said).toEqual({ ...in400('The body is not valid JSON.'), ...id });
    expect(headers['x-request-id']).toMatch(/^[\w-]{36}$/);
  });
});

test('who leaves before the answer begins gives the place of its token back', async () => {
  const url = await open(['ollama'], [{ ...amy, concurrent: 1 }]);
  const leaving = new AbortController();
  const asked = request(`${url}/api/chat`, {
    ...{ method: 'POST', headers: bearer, body: JSON.stringify(body) },
    signal: leaving.signal,
  });
  await happened(upstream!, 'request');
  expect((await refused(`${url}/api/chat`, body, bearer)).status).toBe(429);
  leaving.abort();
  await expect(asked).rejects.toThrow();
  await vi.waitFor(async () => expect((await refused(`${url}/api/chat`, '{', bearer)).status).toBe(400));
});
