import { dirname, join } from 'node:path';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createServer } from '../index.js';
import type { CreatedServer } from '../index.js';
import { fakeServices } from '../../test/fake-services.js';
import type { FakeServices } from '../../test/fake-services.js';

const API = '/api/plimsoll/v1';
const ADMIN = 'admin-4711';
const folder = dirname(sampleModelPath());

let services: FakeServices;
let created: CreatedServer;

beforeEach(async () => {
  services = fakeServices({ openaiBaseUrl: 'https://api.example/v1', openaiApiKey: 'sk-4711' });
  created = await createServer({ services, adminToken: ADMIN });
});
afterEach(() => created.server.close());

const send = async (method: 'POST' | 'PUT', path: string, body: object, token?: string) => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await created.server.inject({ method, url: `${API}${path}`, body: JSON.stringify(body), headers });
  return { status: answer.statusCode, body: answer.json<{ error: { code: string; message: string } }>() };
};

describe('settings through the API', () => {
  test.each([
    ['ollamaHost', 'http://169.254.169.254'],
    ['openaiBaseUrl', 'http://127.0.0.1:9'],
    ['openaiApiKey', 'sk-other'],
    ['modelsFolder', '/'],
    ['storeFile', '/tmp/elsewhere.db'],
    ['http', { host: '0.0.0.0', port: 80 }],
  ])('%s changes with the admin token only', async (name, value) => {
    const before = await services.config.load();
    for (const token of [undefined, 'wrong']) {
      const refused = await send('PUT', '/settings', { backend: 'openai', [name]: value }, token);
      expect(refused).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
      expect(refused.body.error.message).toContain(name);
    }
    expect(await services.config.load()).toEqual(before);
    expect((await send('PUT', '/settings', { [name]: value }, ADMIN)).status).toBe(200);
    expect((await services.config.load()).settings).toMatchObject({ [name]: value });
  });

  test('what is sent back as it was needs no token', async () => {
    const { settings } = await services.config.load();
    const body = { ...settings, openaiApiKey: undefined, accessTokens: undefined, quantizationBits: 8 };
    expect((await send('PUT', '/settings', body)).status).toBe(200);
  });

  test('the model of all who name none is a name, unless the admin says otherwise', async () => {
    for (const model of ['/etc/shadow', 'http://127.0.0.1:9/model.gguf']) {
      expect((await send('PUT', '/settings', { model })).status).toBe(403);
      expect((await send('PUT', '/settings', { model }, ADMIN)).status).toBe(200);
    }
    expect((await send('PUT', '/settings', { model: 'tale:1b' })).status).toBe(200);
  });

  test('without an admin token nobody is admin', async () => {
    const { server } = await createServer({ services });
    const answer = await server.inject({
      method: 'PUT',
      url: `${API}/settings`,
      body: JSON.stringify({ storeFile: '/x' }),
      headers: { authorization: 'Bearer null' },
    });
    expect(answer.statusCode).toBe(403);
    await server.close();
  });
});

describe('models of a request', () => {
  const outside = [
    '/etc/shadow',
    '/nowhere/model.gguf',
    './model.gguf',
    '~/model.gguf',
    `${folder}/../../secret.gguf`,
    `${folder}x/secret.gguf`,
    'http://127.0.0.1:9/model.gguf',
    'https://169.254.169.254/model.gguf',
  ];

  test.each(outside)('%s is refused, whether it exists or not', async (model) => {
    const asked = [
      await send('POST', '/plan', { model }),
      await send('POST', '/plan', { models: [sampleModelPath(), model] }),
      await send('POST', '/plan', { model: sampleModelPath(), projector: model }),
      await send('POST', '/plan', { model: sampleModelPath(), draft: model }),
      await send('POST', '/generate', { model, prompt: 'Once', make: true }),
    ];
    for (const { status, body } of asked) {
      expect(status).toBe(403);
      expect(body.error.code).toBe('forbidden');
      expect(body.error.message).not.toContain(model);
    }
    expect(services.state.leases).toBe(0);
  });

  test('a file below the models folder may be planned; the admin may name any', async () => {
    expect((await send('POST', '/plan', { model: sampleModelPath(), vramBytes: 0 })).status).toBe(200);
    expect((await send('POST', '/plan', { model: join(folder, 'missing.gguf') })).status).toBe(404);
    expect((await send('POST', '/plan', { model: '/nowhere/model.gguf' }, ADMIN)).status).toBe(404);
  });
});
