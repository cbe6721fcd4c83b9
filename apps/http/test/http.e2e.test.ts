import type { Warning } from '@plimsoll/application';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfigStore } from '@plimsoll/adapter-config';
import type { PlanDocument, StatsDocument } from '@plimsoll/contract';
import { sampleModelPath } from '@plimsoll/sample-model';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openPlimsoll } from '@plimsoll/composition';
import { httpServices, startServer } from '../src/index.js';
import type { StartedServer } from '../src/index.js';
import { readEvents } from './read-events.js';

let folder: string;
let model: string;
let configPath: string;
let server: StartedServer;
const ADMIN = 'admin-4711';
const warnings: Warning[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-http-'));
  model = join(folder, 'fable-5m-f16.gguf');
  configPath = join(folder, 'config.json');
  await copyFile(sampleModelPath(), model);
  const config = { path: configPath, environment: {}, homeFolder: folder, workingFolder: folder };
  const storeFile = join(folder, 'measurements.db');
  await createConfigStore(config).save({ backend: 'embedded', modelsFolder: folder, storeFile, quantizationBits: 4 });
  const plimsoll = await openPlimsoll({ config, follow: true, warn: (warning) => warnings.push(warning) });
  const services = await httpServices(plimsoll);
  server = await startServer({ services, host: '127.0.0.1', port: 0, adminToken: ADMIN });
});
afterAll(async () => {
  await server.close(0);
  await rm(folder, { recursive: true, force: true });
});

const call = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown, signal?: AbortSignal) =>
  request(`${server.url}/api/plimsoll/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
const answer = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown> =>
  (await call(method, path, body)).body.json();
const generate = async (body: object) =>
  readEvents(
    await (await call('POST', '/generate', { model, prompt: 'Once upon a time', raw: true, ...body })).body.text(),
  );

test('lists the real model and plans it on the real machine', async () => {
  expect(await answer('GET', '/models')).toMatchObject({
    backend: { id: 'embedded', endpoint: null },
    models: [{ level: 'F16', architecture: 'llama' }],
  });
  const plan = (await answer('POST', '/plan', { model, vramBytes: 0 })) as PlanDocument;
  expect(plan.model).toMatchObject({ architecture: 'llama', parameters: 5_770_496, contextLength: 256 });
  expect(plan.recommended).not.toBeNull();
  expect(await answer('GET', '/gpu')).toMatchObject({ host: { platform: `${process.platform}-${process.arch}` } });
});

test('plans for the machine that is described', async () => {
  const asked = { model, vramBytes: 0, levels: ['F16'], keyCacheTypes: ['f16'], cpuThreads: 4 };
  const [slow, fast, small] = (await Promise.all([
    answer('POST', '/plan', { ...asked, ramBytes: 64e9, ramBandwidth: 20e9 }),
    answer('POST', '/plan', { ...asked, ramBytes: 64e9, ramBandwidth: 80e9 }),
    answer('POST', '/plan', { ...asked, ramBytes: 1e6, ramBandwidth: 20e9 }),
  ])) as [PlanDocument, PlanDocument, PlanDocument];
  expect(slow.machine.host).toMatchObject({ bandwidthBytesPerSecond: 20e9, basis: 'data-sheet' });
  expect(slow.budget.host.totalBytes).toBe(64e9);
  const speed = (plan: PlanDocument): number => plan.candidates[0]?.expected.decodeTokensPerSecond.value ?? NaN;
  expect(speed(fast)).toBeGreaterThan(2 * speed(slow));
  expect(small).toMatchObject({ recommended: null, candidates: [{ fit: 'none' }] });

  const wide = (await answer('POST', '/plan', { ...asked, contexts: [4096], microBatchTokens: 2048 })) as PlanDocument;
  const usual = (await answer('POST', '/plan', { ...asked, contexts: [4096] })) as PlanDocument;
  expect(wide.candidates[0]?.footprint.host.compute).toBeGreaterThan(usual.candidates[0]!.footprint.host.compute);
});

test('counts what is loaded beside the model', async () => {
  const asked = { model, vramBytes: 0, levels: ['F16'], keyCacheTypes: ['f16'] };
  const alone = (await answer('POST', '/plan', asked)) as PlanDocument;
  const drafted = (await answer('POST', '/plan', { ...asked, draft: model })) as PlanDocument;
  // The model drafts for itself: all but its logits comes twice.
  expect(drafted.candidates[0]?.footprint.host.companions).toBe(alone.candidates[0]?.footprint.total);
  const refused = await call('POST', '/plan', { ...asked, projector: model });
  expect(refused.statusCode).toBe(400);
  expect(JSON.stringify(await refused.body.json())).toContain('not a projector');
});

test('plans with the bytes that the engine itself tells', async () => {
  const plan = (await answer('POST', '/plan', { model, vramBytes: 0, levels: ['F16'], exact: true })) as PlanDocument;
  // One level, with each of two types of cache.
  expect(plan.exact).toEqual({ asked: 2, answered: 2, notes: [] });
  const [{ exact, footprint }] = plan.candidates as [PlanDocument['candidates'][number]];
  expect(exact?.totalBytes).toBe(footprint.total);
  // The closed form is within 3 % of the engine: see tooling/bench, footprint.
  expect(Math.abs(exact!.differenceBytes)).toBeLessThan(0.03 * footprint.total);
});

test('makes the variant of the settings, generates with it, and records that', async () => {
  const refused = await call('POST', '/generate', { model, prompt: 'Once' });
  expect(refused.statusCode).toBe(404);
  expect(await refused.body.json()).toMatchObject({ error: { code: 'variant-not-found' } });

  const events = await generate({ make: true, maxTokens: 12, seed: 1 });
  expect(events.find(({ event }) => event === 'variant')?.data).toMatchObject({ level: 'Q4_K_M', made: 'quantize' });
  // The first token travels alone; what comes within a few milliseconds of each other travels together.
  expect(events.filter(({ event }) => event === 'text').length).toBeGreaterThan(1);
  expect(events.at(-1)).toMatchObject({ event: 'done', data: { timings: { generatedTokens: 12 } } });

  expect(await answer('GET', '/stats')).toMatchObject({ variants: [{ model, total: 1, succeeded: 1 }] });
  expect(warnings).toEqual([]);
});

test('a change of settings is in the file and holds for the next request', async () => {
  expect(await answer('PUT', '/settings', { quantizationEnabled: false })).toMatchObject({
    settings: { quantizationEnabled: false },
    path: configPath,
  });
  expect(JSON.parse(await readFile(configPath, 'utf8'))).toMatchObject({ ai: { enable_quantization: false } });
  expect((await generate({ maxTokens: 2 }))[0]?.data).toMatchObject({ level: 'F16', reason: 'quantization-off' });
});

test('a change by another program holds, too', async () => {
  const other = createConfigStore({ path: configPath, environment: {}, homeFolder: folder, workingFolder: folder });
  await other.save({ quantizationEnabled: true });
  // The file is watched, not read with each request.
  await vi.waitFor(async () => {
    expect((await generate({ maxTokens: 2 }))[0]?.data).toMatchObject({ level: 'Q4_K_M' });
  }, 10_000);
});

test('the backend can be changed while the server runs, and back', async () => {
  await answer('PUT', '/settings', { backend: 'openai', openaiBaseUrl: 'http://127.0.0.1:9', openaiApiKey: 'sk-4711' });
  const models = await call('GET', '/models');
  expect(models.statusCode).toBe(502);
  expect(await models.body.json()).toMatchObject({ error: { code: 'backend-unreachable' } });
  expect(JSON.stringify(await answer('GET', '/settings'))).not.toContain('sk-4711');
  await answer('PUT', '/settings', { backend: 'embedded' });
  expect((await call('GET', '/models')).statusCode).toBe(200);
});

test('a client that goes away frees the engine for the next', async () => {
  const client = new AbortController();
  const long = { model, prompt: 'Once upon a time', raw: true, maxTokens: 250 };
  const first = await call('POST', '/generate', long, client.signal);
  await first.body[Symbol.asyncIterator]().next();
  client.abort();
  const events = await generate({ maxTokens: 3 });
  expect(events.at(-1)?.event).toBe('done');
  await vi.waitFor(async () => {
    const { variants } = (await answer('GET', '/stats')) as StatsDocument;
    expect(variants.reduce((sum, { failed }) => sum + failed, 0)).toBe(0);
  });
});
