import { createHash } from 'node:crypto';
import type { AccessToken } from '@plimsoll/domain';
import { afterEach, describe, expect, test } from 'vitest';
import { createServer, startServer } from '../index.js';
import type { HttpServer } from '../server/http-server.js';
import { fakeServices } from '../../test/fake-services.js';
import { RateLimits } from './rate-limits.js';
import type { Account, TooMany } from './rate-limits.js';

let server: HttpServer | undefined;
afterEach(() => server?.close());

const token = (name: string, more: Partial<AccessToken> = {}): AccessToken => ({
  name,
  sha256: createHash('sha256').update(`secret-of-${name}`).digest('hex'),
  scopes: ['infer'],
  priority: 'normal',
  requestsPerMinute: null,
  concurrent: null,
  ...more,
});
const chat = { model: 'tale:1b', messages: [{ role: 'user', content: 'Hi' }], stream: false };

async function open(...accessTokens: readonly AccessToken[]) {
  ({ server } = await createServer({ services: fakeServices({ accessTokens }) }));
  const opened = server;
  return async (
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    name?: string,
    body?: object,
    header = 'authorization',
  ) => {
    const value = header === 'authorization' ? `Bearer secret-of-${name}` : `secret-of-${name}`;
    const headers = { host: 'far.example', ...(name === undefined ? {} : { [header]: value }) };
    const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
    const { statusCode, headers: answered } = await opened.inject({ method, url, headers, ...payload });
    return { status: statusCode, retryAfter: answered['retry-after'] };
  };
}

describe('tokens of the settings', () => {
  test('are asked for as soon as there is one, but not by those who ask whether the server is up', async () => {
    const send = await open(token('amy'));
    expect((await send('POST', '/api/chat', undefined, chat)).status).toBe(401);
    expect((await send('POST', '/api/chat', 'bob', chat)).status).toBe(401);
    expect((await send('POST', '/api/chat', 'amy', chat)).status).toBe(200);
    expect((await send('GET', '/health')).status).toBe(200);
  });

  test("may come as Anthropic's clients send them", async () => {
    const send = await open(token('amy'));
    expect((await send('POST', '/v1/messages', 'amy', { ...chat, max_tokens: 9 }, 'x-api-key')).status).toBe(200);
  });

  test.each([
    ['infer', [200, 403, 403, 403]],
    ['read', [403, 200, 403, 403]],
    ['admin', [200, 200, 200, 200]],
  ] as const)('%s opens what it names', async (scope, expected) => {
    const send = await open(token('amy', { scopes: [scope] }));
    const statuses = [
      await send('POST', '/v1/chat/completions', 'amy', chat),
      await send('GET', '/api/tags', 'amy'),
      await send('PUT', '/api/plimsoll/v1/settings', 'amy', { quantizationBits: 8 }),
      await send('PUT', '/api/plimsoll/v1/settings', 'amy', { ollamaHost: 'http://10.0.0.1' }),
    ];
    expect(statuses.map(({ status }) => status)).toEqual(expected);
  });

  test('have a rate', async () => {
    const send = await open(token('amy', { requestsPerMinute: 2 }), token('bob'));
    for (const expected of [200, 200, 429]) {
      expect((await send('POST', '/api/chat', 'amy', chat)).status).toBe(expected);
    }
    expect(Number((await send('POST', '/api/chat', 'amy', chat)).retryAfter)).toBeGreaterThan(20);
    expect((await send('POST', '/api/chat', 'bob', chat)).status).toBe(200);
  });

  test('let a server listen where others reach it, and are never told', async () => {
    const services = fakeServices({ accessTokens: [token('amy', { scopes: ['read'] })] });
    const started = await startServer({ services, host: '0.0.0.0', port: 0 });
    const headers = { authorization: 'Bearer secret-of-amy' };
    const answer = await fetch(`http://127.0.0.1:${new URL(started.url).port}/api/plimsoll/v1/settings`, { headers });
    const text = await answer.text();
    await started.close(0);
    expect(text).toContain('"name":"amy"');
    expect(text).not.toContain(token('amy').sha256);
  });
});

test('a rate fills up with time, and what runs is given back', () => {
  let nowMs = 0;
  const limits = new RateLimits(() => nowMs);
  const amy = { name: 'amy', requestsPerMinute: 60, concurrent: 2 };
  const begin = (account: Account = amy): (() => void) => {
    const begun = limits.begin(account);
    if (typeof begun !== 'function') throw new Error(begun.message);
    return begun;
  };
  const ends = [begin(), begin()];
  expect(limits.begin(amy)).toMatchObject({ retryAfterSeconds: 1 });
  ends.pop()?.();
  for (let index = 0; index < 58; index += 1) begin()();
  expect(begin).toThrow('60 requests a minute');
  nowMs = 1_000;
  begin()();
  // A limit that is lifted while it holds.
  expect(begin).toThrow('60 requests a minute');
  begin({ ...amy, requestsPerMinute: null })();
});

test('newcomers are refused while as many as are counted have just asked; idle ones make room', () => {
  let nowMs = 0;
  const limits = new RateLimits(() => nowMs);
  const begin = (name: string): TooMany | (() => void) =>
    limits.begin({ name, requestsPerMinute: 60, concurrent: null });
  for (let index = 0; index < 10_000; index += 1) {
    const begun = begin(`client ${index}`);
    if (typeof begun === 'function') begun();
  }
  expect(begin('newcomer')).toMatchObject({ message: 'Too many clients have asked within a minute.' });
  expect(begin('client 7')).toBeTypeOf('function');
  nowMs = 60_000;
  expect(begin('newcomer')).toBeTypeOf('function');
});
