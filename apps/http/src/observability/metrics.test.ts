import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { createLog, createServer } from '../index.js';
import type { HttpServer } from '../server/http-server.js';
import { fakeServices } from '../../test/fake-services.js';

const host = '127.0.0.1:11434';
let server: HttpServer | undefined;
afterEach(() => server?.close());

async function scraped(lines: string[] = []): Promise<string> {
  const services = fakeServices({ quantizationBits: 4 });
  const log = createLog('info', { write: (line) => void lines.push(line) });
  ({ server } = await createServer({ services, log }));
  const messages = [{ role: 'user', content: 'a secret prompt' }];
  const ask = { method: 'POST', headers: { host, 'x-request-id': 'mine-1' } } as const;
  const payload = { model: 'tale:1b', messages, stream: false };
  const answer = await server.inject({ ...ask, url: '/api/chat?key=hidden', payload });
  expect(answer.headers['x-request-id']).toBe('mine-1');
  await server.inject({ ...ask, url: '/v1/chat/completions', payload: { ...payload, model: '/etc/passwd' } });
  const { body, headers } = await server.inject({ url: '/metrics', headers: { host } });
  expect(headers['content-type']).toContain('text/plain');
  return body;
}

test('requests, tokens, times and what stands now are numbers', async () => {
  const text = await scraped();
  expect(text).toContain(
    'plimsoll_requests_total{api="ollama",operation="chat",model="tale:1b",variant="tale:1b-q4_K_M",status="200"} 1',
  );
  expect(text).toContain(
    'plimsoll_requests_total{api="openai",operation="chat",model="none",variant="none",status="400"} 1',
  );
  expect(text).toMatch(/plimsoll_time_to_first_token_seconds_count\{[^}]*variant="tale:1b-q4_K_M"\} 1/);
  expect(text).toMatch(/plimsoll_queue_wait_seconds_count\{[^}]*\} 1/);
  expect(text).toMatch(/plimsoll_tokens_total\{[^}]*direction="output"\} \d+/);
  expect(text).toContain('plimsoll_variants{level="Q4_K_M"} 1');
  expect(text).toContain(`plimsoll_gpu_memory_bytes{device="gpu-0",name="Test GPU",state="total"} ${8 * 1024 ** 3}`);
  expect(text).toContain('plimsoll_backend_up{backend=');
  expect(text).not.toContain('passwd');
});

test('the log says who asked what of which variant, and never a prompt or a query', async () => {
  const lines: string[] = [];
  await scraped(lines);
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(entries).toContainEqual(
    expect.objectContaining({ msg: 'request to a model', id: 'mine-1', variant: 'tale:1b-q4_K_M', status: 200 }),
  );
  expect(entries).toContainEqual(expect.objectContaining({ msg: 'request', route: '/api/chat', status: 200 }));
  expect(lines.join('')).not.toMatch(/secret|hidden/);
});

test('every number on the dashboard is one that is told', async () => {
  const text = await scraped();
  const dashboard = await readFile(new URL('../../dashboards/plimsoll.json', import.meta.url), 'utf8');
  const names = new Set([...dashboard.matchAll(/plimsoll_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, '')));
  expect(names.size).toBeGreaterThan(10);
  for (const name of names) expect(text).toContain(`# TYPE ${name} `);
});

test('readiness asks the backend, and says no more than a code', async () => {
  const services = fakeServices();
  ({ server } = await createServer({ services, token: 't' }));
  const ready = await server.inject({ url: '/ready', headers: { host } });
  expect([ready.statusCode, ready.json<{ status: string }>().status]).toEqual([200, 'ready']);
  await server.close();
  const broken = { ...services, backend: () => Promise.reject(new Error('at 10.0.0.1')) };
  ({ server } = await createServer({ services: broken }));
  const answer = await server.inject({ url: '/ready', headers: { host } });
  expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'not-ready', backend: null, reason: 'internal' }]);
});
