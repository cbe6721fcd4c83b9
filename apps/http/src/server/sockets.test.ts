import { Agent, request } from 'undici';
import { afterEach, expect, test, vi } from 'vitest';
import { startServer } from '../index.js';
import type { StartedServer } from '../index.js';
import { fakeServices } from '../../test/fake-services.js';
import type { FakeServices } from '../../test/fake-services.js';
import { gatedRuntime } from '../../test/gated-runtime.js';
import type { GatedRuntime } from '../../test/gated-runtime.js';
import { containing } from '../../test/matchers.js';
import { readEvents } from '../../test/read-events.js';

let server: StartedServer | undefined;
afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

interface Scene {
  readonly gate: GatedRuntime;
  readonly services: FakeServices;
  readonly url: string;
}

const start = async (options: { heartbeatMs?: number; wordBytes?: number } = {}): Promise<Scene> => {
  const gate = gatedRuntime(options.wordBytes);
  const services = fakeServices({}, gate.runtime);
  server = await startServer({ services, host: '127.0.0.1', port: 0, heartbeatMs: options.heartbeatMs });
  return { gate, services, url: `${server.url}/api/plimsoll/v1/generate` };
};

const body = JSON.stringify({ model: 'tale:1b', prompt: 'Once' });

test('a client that goes away before the first text cancels the generation', async () => {
  const { gate, services, url } = await start();
  const client = new AbortController();
  const answer = request(url, { method: 'POST', body, signal: client.signal });
  await vi.waitFor(() => expect(gate.seen.started).toBe(1));
  client.abort();
  await expect(answer).rejects.toThrow();
  await vi.waitFor(() => expect(gate.seen.cancelled).toBe(1));
  await vi.waitFor(() => expect(services.state.leases).toBe(0));
});

test('a client that goes away in the middle cancels the generation', async () => {
  const { gate, services, url } = await start();
  const client = new AbortController();
  gate.open(2);
  const answer = await request(url, { method: 'POST', body, signal: client.signal });
  await answer.body[Symbol.asyncIterator]().next();
  client.abort();
  await vi.waitFor(() => expect(gate.seen.cancelled).toBe(1));
  await vi.waitFor(() => expect(services.state.leases).toBe(0));
});

test('a client that goes away just before its answer begins leaves no lease behind', async () => {
  let answer: () => void = () => undefined;
  let signal: AbortSignal | undefined;
  const services = fakeServices({}, (inner) => {
    inner.generate = async function* (_request, options) {
      signal = options?.signal;
      await new Promise<void>((resolve) => (answer = resolve));
      // A backend may have answered before it sees the signal.
      yield { type: 'text', text: 'Once' };
    };
    return inner;
  });
  server = await startServer({ services, host: '127.0.0.1', port: 0 });
  const client = new AbortController();
  const url = `${server.url}/api/plimsoll/v1/generate`;
  const asked = request(url, { method: 'POST', body, signal: client.signal });
  await vi.waitFor(() => expect(signal).toBeDefined());
  client.abort();
  await expect(asked).rejects.toThrow();
  await vi.waitFor(() => expect(signal?.aborted).toBe(true));
  answer();
  await vi.waitFor(() => expect(services.state.leases).toBe(0));
});

test('a client that does not read holds the generation back', async () => {
  const { gate, url } = await start({ wordBytes: 64 * 1024 });
  const client = new AbortController();
  gate.open(2_000);
  const answer = await request(url, { method: 'POST', body, signal: client.signal, highWaterMark: 1 });
  let written = -1;
  await vi.waitFor(
    () => {
      const before = written;
      written = gate.seen.written;
      expect(written).toBe(before);
    },
    { interval: 200, timeout: 10_000 },
  );
  // 2,000 words of 64 KiB would be 125 MiB; sockets hold a few.
  expect(gate.seen.written).toBeLessThan(500);
  client.abort();
  await answer.body.dump().catch(() => undefined);
});

test('silence is broken by comments, the variant first', async () => {
  const { gate, url } = await start({ heartbeatMs: 10 });
  const answer = await request(url, { method: 'POST', body });
  const chunks = answer.body[Symbol.asyncIterator]();
  let text = '';
  while (!text.includes(': waiting')) text += String((await chunks.next()).value);
  expect(text).toMatch(/^event: variant\n/);
  expect(gate.seen.written).toBe(0);
  await chunks.return?.();
});

test('shutting down lets a running answer finish, and takes no new one', async () => {
  const { gate, services, url } = await start();
  gate.open(1);
  const answer = await request(url, { method: 'POST', body });
  const text = answer.body.text();
  const closing = server!.close(60_000);
  const health = async (): Promise<unknown> =>
    request(new URL('/health', url), { dispatcher: new Agent() }).catch((error: unknown) => error);
  await vi.waitFor(async () => expect(await health()).toMatchObject({ code: 'ECONNREFUSED' }));
  expect(services.state.closed).toBe(false);
  gate.finish();
  await closing;
  expect(readEvents(await text).map(({ event }) => event)).toEqual(['variant', 'text', 'done']);
  expect(services.state.closed).toBe(true);
});

test('a second, shorter deadline holds', async () => {
  const { gate, url } = await start();
  gate.open(1);
  const answer = await request(url, { method: 'POST', body });
  const text = answer.body.text();
  const closing = server!.close(60_000);
  await server!.close(0);
  await closing;
  expect(readEvents(await text).at(-1)?.event).toBe('error');
});

test('shutting down ends what is running at the deadline, and says so to the client', async () => {
  const { gate, services, url } = await start();
  gate.open(1);
  const answer = await request(url, { method: 'POST', body });
  const text = answer.body.text();
  await server!.close(0);
  expect(readEvents(await text).at(-1)).toMatchObject({ event: 'error', data: { code: 'cancelled' } });
  expect(gate.seen.cancelled).toBe(1);
  expect(services.state.closed).toBe(true);
});

test('a port that is taken is told clearly', async () => {
  const { url } = await start();
  const port = Number(new URL(url).port);
  const second = startServer({ services: fakeServices(), host: '127.0.0.1', port });
  await expect(second).rejects.toMatchObject({ code: 'invalid-input', message: containing('another program') });
});
