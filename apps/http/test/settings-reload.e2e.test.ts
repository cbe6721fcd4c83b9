import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openPlimsoll } from '@plimsoll/composition';
import { request } from 'undici';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { httpServices, startServer } from '../src/index.js';
import type { StartedServer } from '../src/index.js';

let folder: string;
let server: StartedServer;
const write = (http: object, ai: object = {}): Promise<void> =>
  writeFile(
    join(folder, 'config.json'),
    JSON.stringify({ ai: { llm_provider: 'embedded', ...ai }, store: { file: join(folder, 'measurements.db') }, http }),
  );
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-reload-'));
  await write({});
  const config = { path: join(folder, 'config.json'), environment: {}, homeFolder: folder, workingFolder: folder };
  const services = await httpServices(await openPlimsoll({ config, follow: true }));
  server = await startServer({ services, host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await server.close(0);
  await rm(folder, { recursive: true, force: true });
});

const settings = (headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}/api/plimsoll/v1/settings`, { headers });
const statusOf = async (answer: Promise<Response>): Promise<number> => (await answer).status;
const soon = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 15_000, interval: 50 });

test('a server that runs asks for a token as soon as the file has one, and lets in who has it', async () => {
  expect(await statusOf(settings())).toBe(200);
  const sha256 = createHash('sha256').update('secret').digest('hex');
  await write({ tokens: [{ name: 'ada', sha256, scopes: ['read'] }] });
  await soon(async () => expect(await statusOf(settings())).toBe(401));
  expect(await statusOf(settings({ authorization: 'Bearer secret' }))).toBe(200);
  await write({});
  await soon(async () => expect(await statusOf(settings())).toBe(200));
});

test('a server that runs takes another level, and other limits', async () => {
  const chat = (characters: number): Promise<Response> =>
    fetch(`${server.url}/api/chat`, { method: 'POST', body: JSON.stringify({ padding: 'x'.repeat(characters) }) });
  const twoMb = 2 * 1024 ** 2;
  expect(await statusOf(chat(twoMb))).toBe(400);
  await write({ limits: { body_mb: 1 } }, { quantization_level: 'Q5_K_M' });
  await soon(async () =>
    expect(await (await settings()).json()).toMatchObject({ settings: { quantizationLevel: 'Q5_K_M' } }),
  );
  expect(await statusOf(chat(twoMb))).toBe(413);
  expect(await statusOf(chat(10))).toBe(400);
  // A body that does not say how long it is.
  const piece = Buffer.alloc(1024 ** 2);
  const { statusCode } = await request(`${server.url}/api/chat`, {
    method: 'POST',
    body: Readable.from([piece, piece]),
  });
  expect(statusCode).toBe(413);
});

test('a client that sends no token may ask as often as the settings say, and no oftener', async () => {
  await write({ limits: { requests_per_minute: 3 } });
  await soon(async () =>
    expect(await (await settings()).json()).toMatchObject({ settings: { limits: { requestsPerMinute: 3 } } }),
  );
  const statuses = [];
  for (let n = 0; n < 4; n += 1) statuses.push(await statusOf(settings()));
  expect(statuses).toContain(429);
  const refused = await settings();
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
  // Who watches over the server still may.
  expect(await statusOf(fetch(`${server.url}/health`))).toBe(200);
});
