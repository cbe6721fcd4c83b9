import { dirname, join } from 'node:path';
import { planDocument, residentPlanDocument } from '@plimsoll/contract';
import type { ModelsDocument, PlanDocument, StatsDocument } from '@plimsoll/contract';
import { generationEventSchemas } from '@plimsoll/contract/schemas';
import { BackendUnreachableError, BusyError } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createServer } from '../index.js';
import type { CreatedServer, RequestLogEntry } from '../index.js';
import { fakeServices } from '../../test/fake-services.js';
import type { FakeServices } from '../../test/fake-services.js';
import { containing } from '../../test/matchers.js';
import { readEvents } from '../../test/read-events.js';

const API = '/api/plimsoll/v1';
const ADMIN = 'admin-4711';
const SECRET = 'sk-secret-4711';

let services: FakeServices;
let created: CreatedServer;
let log: RequestLogEntry[];
let unforeseen: unknown[];

beforeEach(async () => {
  services = fakeServices({ openaiApiKey: SECRET });
  log = [];
  unforeseen = [];
  created = await createServer({
    services,
    adminToken: ADMIN,
    onRequest: (entry) => log.push(entry),
    onInternalError: (error) => unforeseen.push(error),
  });
});
afterEach(() => created.server.close());

const get = (url: string) => created.server.inject({ method: 'GET', url });
const post = (url: string, body: unknown) =>
  created.server.inject({ method: 'POST', url, body: JSON.stringify(body), headers: { 'content-type': 'text/plain' } });
const put = (url: string, body: unknown, token = '') =>
  created.server.inject({
    method: 'PUT',
    url,
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${token}` },
  });

describe('reading', () => {
  test.each(['/health', `${API}/health`])('%s says that the server is up', async (url) => {
    expect((await get(url)).json()).toEqual({ status: 'ok' });
  });

  test('models lists the variants, resident ones marked', async () => {
    await services.runtime.load('tale:1b-q4_K_M');
    const { models, ...rest } = (await get(`${API}/models`)).json<ModelsDocument>();
    const backend = { id: 'fake', name: 'In-memory runtime', version: '1', endpoint: null };
    expect(rest).toEqual({ schema: 'plimsoll.models/1', backend });
    expect(models).toMatchObject([
      { name: 'tale:1b-fp16', level: 'F16', resident: null },
      { name: 'tale:1b-q4_K_M', level: 'Q4_K_M', resident: { contextTokens: null } },
    ]);
    expect(services.state.leases).toBe(0);
  });

  test('gpu shows devices and the machine, unknown as null', async () => {
    expect((await get(`${API}/gpu`)).json()).toMatchObject({
      host: { processors: 4 },
      devices: [{ name: 'Test GPU', reading: { totalBytes: 8 * 1024 ** 3, freeBytes: null } }],
    });
  });

  test('stats tells what was recorded, for one model if asked', async () => {
    await post(`${API}/generate`, { model: 'tale:1b', prompt: 'Once' });
    const all = (await get(`${API}/stats`)).json<StatsDocument>();
    expect(all.variants).toMatchObject([{ model: 'tale:1b', variant: 'tale:1b-q4_K_M', total: 1, succeeded: 1 }]);
    expect((await get(`${API}/stats?model=other:1b`)).json()).toMatchObject({
      schema: 'plimsoll.stats/1',
      variants: [],
    });
  });

  test('openapi.json describes every route in OpenAPI 3.1', async () => {
    const document = (await get(`${API}/openapi.json`)).json<{ openapi: string; paths: Record<string, object> }>();
    expect(document.openapi).toMatch(/^3\.1\./);
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes).toEqual(
      expect.arrayContaining([
        'get /health',
        `get ${API}/models`,
        `get ${API}/gpu`,
        `get ${API}/stats`,
        `post ${API}/plan`,
        `get ${API}/settings`,
        `put ${API}/settings`,
        `post ${API}/generate`,
      ]),
    );
    expect(JSON.stringify(document)).toContain('text/event-stream');
    expect(JSON.stringify(document.paths[`${API}/generate`])).toContain('isBeingMade');
  });
});

describe('settings', () => {
  test('are shown without the key', async () => {
    const answer = await get(`${API}/settings`);
    expect(answer.json()).toMatchObject({ settings: { quantizationBits: 4, openaiApiKeySet: true }, path: 'memory' });
    expect(answer.body).not.toContain(SECRET);
  });

  test('a change is saved and decides on the next variant', async () => {
    services.runtime.variants.push({ ...services.runtime.variants[0]!, name: 'tale:1b-q8_0', level: 'Q8_0' });
    const answer = await put(`${API}/settings`, { quantizationBits: 8 });
    expect(answer.json()).toMatchObject({ settings: { quantizationBits: 8 } });
    expect((await services.config.load()).settings.quantizationBits).toBe(8);
    const generated = await post(`${API}/generate`, { model: 'tale:1b', prompt: 'Once' });
    expect(readEvents(generated.body)[0]?.data).toMatchObject({ variant: 'tale:1b-q8_0', level: 'Q8_0' });
  });

  test('a key can be set, but is not echoed', async () => {
    const answer = await put(`${API}/settings`, { openaiApiKey: 'sk-new-0815' }, ADMIN);
    expect(answer.body).not.toContain('sk-new-0815');
    expect((await services.config.load()).settings.openaiApiKey).toBe('sk-new-0815');
  });

  test.each([
    [{ quantizationBits: 5 }, 'quantizationBits'],
    [{ quantisation: true }, 'quantisation'],
    [{ memoryMarginFraction: 2 }, 'memoryMarginFraction'],
  ])('%j is refused by name, and nothing changes', async (patch, name) => {
    const before = await services.config.load();
    const answer = await put(`${API}/settings`, patch);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: 'invalid-input' } });
    expect(answer.body).toContain(name);
    expect(await services.config.load()).toEqual(before);
  });
});

describe('plan', () => {
  test('plans a file for the machine, or for the one that is described', async () => {
    const probed = (await post(`${API}/plan`, { model: sampleModelPath() })).json<PlanDocument>();
    expect(probed.schema).toBe('plimsoll.plan/1');
    expect(probed.budget.devices).toMatchObject([{ name: 'Test GPU', totalBytes: 8 * 1024 ** 3 }]);
    expect(probed.recommended?.reasons.length).toBeGreaterThan(0);
    const described = await post(`${API}/plan`, { model: sampleModelPath(), vramBytes: 0, levels: ['Q4_K_M'] });
    const { budget, candidates } = described.json<PlanDocument>();
    expect(budget.devices).toEqual([]);
    expect(candidates.map(({ level, kvCache }) => [level, kvCache])).toEqual([
      ['Q4_K_M', 'f16'],
      ['Q4_K_M', 'q8_0'],
    ]);
    expect(services.state.leases).toBe(0);
  });

  test('nothing of the plan is lost on the way', async () => {
    const request = { model: sampleModelPath() };
    const { planning } = await fakeServices().backend();
    const plain = planDocument(await planning.plan(request));
    const exact = planDocument(await planning.planExactly(await planning.prepare(request)));
    expect((await post(`${API}/plan`, request)).json()).toEqual(plain);
    expect((await post(`${API}/plan`, { ...request, exact: true })).json()).toEqual(exact);
    expect(exact.candidates[0]?.exact).toMatchObject({ onHost: false });
  });

  test('plans several models to be in memory at once', async () => {
    const { planning, release } = await services.backend();
    const together = await planning.planTogether([sampleModelPath(), sampleModelPath()], { vramBytes: 0 });
    release();
    const answer = await post(`${API}/plan`, { models: [sampleModelPath(), sampleModelPath()], vramBytes: 0 });
    expect(answer.json()).toEqual(residentPlanDocument(together));
    expect(answer.json()).toMatchObject({ schema: 'plimsoll.plan-together/1', fits: true });
    expect(services.state.leases).toBe(0);
  });

  test.each([
    [{}, 'model'],
    [{ model: 'a.gguf', models: ['a.gguf', 'b.gguf'] }, 'model'],
    [{ models: [] }, 'models'],
    [{ models: ['a.gguf', 'b.gguf'], exact: true }, 'exact'],
    [{ model: 'a.gguf', contexts: [0] }, 'contexts'],
    [{ model: 'a.gguf', vram: 8 }, 'vram'],
    [{ model: 'a.gguf', contexts: [1e9] }, 'contexts'],
    [{ model: 'a.gguf', keyCacheTypes: Array<string>(1000).fill('f16') }, 'keyCacheTypes'],
    [{ model: 'a.gguf', valueCacheTypes: Array<string>(1000).fill('f16') }, 'valueCacheTypes'],
    [{ model: 'a.gguf', levels: Array<string>(1000).fill('Q8_0') }, 'levels'],
    [{ model: 'a.gguf', parallel: [257] }, 'parallel'],
    [{ model: 'a.gguf', gpuLayers: [10_001] }, 'gpuLayers'],
    [{ model: 'a.gguf', vramBytes: 2 ** 51 }, 'vramBytes'],
  ])('%j is refused and names %s', async (body, name) => {
    const answer = await post(`${API}/plan`, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ error: { message: string } }>().error.message).toContain(name);
  });

  test('a grid of more points than anybody reads is refused by its size', async () => {
    const sixteen = Array.from({ length: 16 }, (_, index) => index + 1);
    const axes = { contexts: sixteen, parallel: sixteen, gpuLayers: sixteen };
    const answer = await post(`${API}/plan`, { model: sampleModelPath(), ...axes });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      error: { code: 'invalid-input', message: containing('81,920 operating points; a plan holds at most 2,048') },
    });
  });

  test('a model that is not there', async () => {
    const answer = await post(`${API}/plan`, { model: join(dirname(sampleModelPath()), 'nowhere.gguf') });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ error: { code: 'model-not-found' } });
  });
});

describe('generate', () => {
  test('streams the variant, the text and one done with timings', async () => {
    const answer = await post(`${API}/generate`, { model: 'tale:1b', prompt: 'Once', maxTokens: 3 });
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const events = readEvents(answer.body);
    expect(events.map(({ event }) => event)).toEqual(['variant', 'text', 'text', 'text', 'done']);
    expect(events[0]?.data).toMatchObject({ variant: 'tale:1b-q4_K_M', level: 'Q4_K_M', made: null });
    expect(events.slice(1, 4).map(({ data }) => data['text'])).toEqual([' a', ' fox', ' who']);
    expect(events[4]?.data).toMatchObject({ stopReason: 'length', timings: { generatedTokens: 3 } });
    for (const { event, data } of events) {
      expect(
        generationEventSchemas[event as keyof typeof generationEventSchemas].safeParse(data).error,
      ).toBeUndefined();
    }
    expect(services.state.leases).toBe(0);
    expect(created.running.count).toBe(0);
  });

  test('passes chats and every option on', async () => {
    const messages = [{ role: 'user', content: 'Hi', images: ['aGVsbG8='] }];
    const options = {
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 1,
      maxTokens: 2,
      stop: ['x'],
      format: { type: 'object' },
    };
    await post(`${API}/generate`, { model: 'tale:1b-fp16', messages, ...options, load: { contextTokens: 512 } });
    expect(services.runtime.requests).toEqual([
      { model: 'tale:1b-fp16', input: { kind: 'chat', messages }, ...options, load: { contextTokens: 512 } },
    ]);
  });

  test('makes a missing variant when asked to, and tells how far that is', async () => {
    const body = { model: 'tale:1b', prompt: 'Once', level: 'Q8_0', maxTokens: 1 };
    const refused = await post(`${API}/generate`, body);
    expect(refused.statusCode).toBe(404);
    expect(refused.json()).toMatchObject({ error: { code: 'variant-not-found', hint: containing('quantize') } });
    const made = readEvents((await post(`${API}/generate`, { ...body, make: true })).body);
    expect(made.map(({ event }) => event)).toEqual(['progress', 'variant', 'text', 'done']);
    expect(made[0]?.data).toEqual({ phase: 'quantizing', completed: 1, total: 1, unit: 'tensors' });
  });

  test.each([
    [{ prompt: 'Once' }, 'model'],
    [{ model: 'tale:1b' }, 'prompt'],
    [{ model: 'tale:1b', prompt: 'a', messages: [{ role: 'user', content: 'b' }] }, 'prompt'],
    [{ model: 'tale:1b', messages: [{ role: 'user', content: 'b' }], system: 'c' }, 'messages'],
    [{ model: 'tale:1b', prompt: 'a', temperature: -1 }, 'temperature'],
    [{ model: 'tale:1b', prompt: 'a', level: 'Q9' }, 'level'],
    [{ model: 'tale:1b', prompt: 'a', images: ['not base64!'] }, 'images'],
    [{ model: 'tale:1b', prompt: 'a', temprature: 1 }, 'temprature'],
    [{ model: 'tale:1b', prompt: 'a', load: { contextTokens: 1e9 } }, 'load.contextTokens'],
    [{ model: 'tale:1b', prompt: 'a', load: { threads: 100_000 } }, 'load.threads'],
    [{ model: 'tale:1b', prompt: 'a', stop: Array<string>(65).fill('x') }, 'stop'],
    [{ model: 'tale:1b', prompt: 'a'.repeat(16 * 1024 ** 2 + 1) }, 'prompt'],
    [{ model: 'tale:1b', messages: Array(3).fill({ role: 'user', content: 'a'.repeat(6e6) }) }, 'messages'],
  ])('%j is refused and names %s', async (body, name) => {
    const answer = await post(`${API}/generate`, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ error: { message: string } }>().error.message).toContain(name);
  });

  test.each([
    [new BackendUnreachableError('Nobody there.', { hint: 'Start it.' }), 502],
    [new BusyError('Full.'), 503],
  ])('a failure before the first text has its own status: %s', async (error, status) => {
    services.runtime.generate = () => {
      throw error;
    };
    const answer = await post(`${API}/generate`, { model: 'tale:1b', prompt: 'Once' });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ error: { code: error.code, message: error.message, hint: error.hint } });
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
    expect(services.state.leases).toBe(0);
    expect(created.running.count).toBe(0);
  });

  test('a failure after the first text is the last event', async () => {
    services.runtime.generate = async function* () {
      yield { type: 'text', text: 'Once' };
      throw new BusyError('Full.');
    };
    const events = readEvents((await post(`${API}/generate`, { model: 'tale:1b', prompt: 'Once' })).body);
    expect(events.at(-1)).toEqual({ event: 'error', data: { code: 'busy', message: 'Full.', hint: null } });
  });
});

describe('the edges', () => {
  test('an unknown path, and a known one with the wrong method', async () => {
    expect((await get('/nowhere')).json()).toMatchObject({ error: { code: 'not-found' } });
    const answer = await post(`${API}/models`, {});
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
    expect(answer.json()).toMatchObject({ error: { code: 'method-not-allowed' } });
  });

  test.each(['{"model":', 'model=tale', '"text"', '[]', ''])('a body that is no JSON object: %j', async (body) => {
    const answer = await created.server.inject({ method: 'POST', url: `${API}/generate`, body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: 'invalid-input' } });
  });

  test('a body that is larger than allowed', async () => {
    const answer = await put(`${API}/settings`, { model: 'x'.repeat(2 * 1024 * 1024) });
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ error: { code: 'too-large' } });
  });

  test('a failure that nobody foresaw says nothing of the inside', async () => {
    services.runtime.info = () => Promise.reject(new Error(`secret ${SECRET}`));
    const answer = await get(`${API}/models`);
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain(SECRET);
    expect(unforeseen).toHaveLength(1);
  });

  test('the log has no word of a prompt, nor of a query', async () => {
    await post(`${API}/generate`, { model: 'tale:1b', prompt: 'My secret wish' });
    await get(`${API}/stats?model=secret`);
    expect(log).toMatchObject([
      { method: 'POST', route: `${API}/generate`, status: 200 },
      { method: 'GET', route: `${API}/stats`, status: 200 },
    ]);
    expect(JSON.stringify(log)).not.toContain('secret');
  });
});
