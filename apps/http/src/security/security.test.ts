import { describe, expect, test } from 'vitest';
import { createServer, startServer } from '../index.js';
import { fakeServices } from '../../test/fake-services.js';

const MODELS = '/api/plimsoll/v1/models';
const status = async (
  headers: Record<string, string>,
  options: { token?: string; url?: string } = {},
): Promise<number> => {
  const { token = null, url = MODELS } = options;
  const { server } = await createServer({ services: fakeServices(), token });
  const { statusCode } = await server.inject({ method: 'GET', url, headers });
  await server.close();
  return statusCode;
};

describe('without a token', () => {
  test.each(['localhost', 'localhost:8080', '127.0.0.1:1', '127.8.8.8', '[::1]:80', 'app.localhost'])(
    'the Host %s may pass',
    async (host) => expect(await status({ host })).toBe(200),
  );

  test.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', '192.168.0.7', 'localhost.evil'])(
    'the Host %j may not: its name may have been rebound',
    async (host) => expect(await status({ host })).toBe(403),
  );

  test.each(['0.0.0.0', '192.168.0.7', '::', 'my-computer'])('listening at %s is refused', async (host) => {
    const work = startServer({ services: fakeServices(), host, port: 0 });
    await expect(work).rejects.toMatchObject({ code: 'invalid-input' });
  });
});

describe('web pages', () => {
  const host = '127.0.0.1:8080';

  test.each(['http://evil.example', 'http://127.0.0.1:9999', 'null'])('of the origin %s may not', async (origin) => {
    expect(await status({ host, origin })).toBe(403);
  });

  test('of this server may', async () => {
    expect(await status({ host, origin: `http://${host}` })).toBe(200);
  });

  test('that hide their origin are told by what the browser adds', async () => {
    expect(await status({ host, 'sec-fetch-site': 'cross-site' })).toBe(403);
  });

  test('get no permission to read across origins', async () => {
    const { server } = await createServer({ services: fakeServices() });
    const { headers } = await server.inject({
      method: 'OPTIONS',
      url: MODELS,
      headers: { origin: 'http://evil.example' },
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    await server.close();
  });
});

describe('with a token', () => {
  test('it opens, from any host name', async () => {
    expect(await status({ host: 'my-computer:8080', authorization: 'Bearer s3cret' }, { token: 's3cret' })).toBe(200);
  });

  test.each([{}, { authorization: 'Bearer wrong' }, { authorization: 's3cret' }])(
    '%j does not open',
    async (headers) => {
      expect(await status(headers, { token: 's3cret' })).toBe(401);
    },
  );

  test('health needs none', async () => {
    expect(await status({}, { token: 's3cret', url: '/health' })).toBe(200);
    expect(await status({}, { token: 's3cret', url: '/api/plimsoll/v1/health' })).toBe(200);
  });

  test('it lets the server listen for other machines', async () => {
    const started = await startServer({ services: fakeServices(), host: '0.0.0.0', port: 0, token: 's3cret' });
    expect(started.url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
    await started.close();
  });
});
