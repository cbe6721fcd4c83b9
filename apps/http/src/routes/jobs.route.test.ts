import { afterEach, describe, expect, test, vi } from 'vitest';
import { createServer, startServer } from '../index.js';
import type { StartedServer } from '../index.js';
import type { Job } from '../jobs/job.js';
import { Jobs } from '../jobs/jobs.js';
import { fakeServices } from '../../test/fake-services.js';

const API = '/api/plimsoll/v1';
let server: StartedServer | undefined;
afterEach(() => server?.close(0));

async function open() {
  const services = fakeServices();
  server = await startServer({ services, host: '127.0.0.1', port: 0 });
  const at = server.url + API;
  const send = async (method: string, path: string, body?: object) => {
    const answer = await fetch(at + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Job & { error: unknown } };
  };
  const ended = async (id: string): Promise<Job> => {
    await vi.waitFor(async () => expect((await send('GET', `/jobs/${id}`)).body.status).not.toBe('running'));
    return (await send('GET', `/jobs/${id}`)).body;
  };
  return { at, services, send, ended };
}

describe('jobs', () => {
  test('quantize, and say what came of it', async () => {
    const { send, ended, at, services } = await open();
    const started = await send('POST', '/jobs', { kind: 'quantize', model: 'tale:1b-fp16', level: 'Q5_K_M' });
    expect(started).toMatchObject({ status: 202, body: { kind: 'quantize', status: 'running' } });
    const job = await ended(started.body.id);
    expect(job).toMatchObject({
      status: 'done',
      error: null,
      result: { schema: 'plimsoll.quantize/1', level: 'Q5_K_M' },
    });
    const text = await (await fetch(`${at}/jobs/${job.id}/events`)).text();
    expect(text).toMatch(/^id: \d+\nevent: job\ndata: .*"status":"done"/m);
    expect(services.state.leases).toBe(0);
  });

  test('pull what is missing, and fail with an error that says why', async () => {
    const { send, ended } = await open();
    const good = await send('POST', '/jobs', { kind: 'pull', model: 'tale:1b', level: 'Q4_K_M' });
    expect(await ended(good.body.id)).toMatchObject({ status: 'done', result: { variant: 'tale:1b-q4_K_M' } });
    const bad = await send('POST', '/jobs', { kind: 'compare', model: 'tale:1b', levels: ['Q4_K_M'] });
    expect(await ended(bad.body.id)).toMatchObject({ status: 'failed', error: { code: 'capability-missing' } });
  });

  test.each([
    [{ kind: 'quantize', model: '/etc/passwd', level: 'Q4_K_M' }, 403],
    [{ kind: 'quantize', model: 'tale:1b-fp16', level: 'Q4_K_M', target: '/etc/cron.d/x' }, 403],
    [{ kind: 'quantize', model: 'tale:1b-fp16', level: 'Q99' }, 400],
    [{ kind: 'destroy' }, 400],
  ])('%j is refused with %s', async (body, status) => {
    const { send } = await open();
    expect((await send('POST', '/jobs', body)).status).toBe(status);
  });

  test('there is none of an unknown id', async () => {
    const { send } = await open();
    for (const path of ['/jobs/none', '/jobs/none/events']) expect((await send('GET', path)).status).toBe(404);
  });
});

describe('the table of jobs', () => {
  let ids = 0;
  const table = (): Jobs =>
    new Jobs(
      () => `${(ids += 1)}`,
      () => 0,
    );

  test('goes on behind the state that a reader knows, and never repeats it', async () => {
    const jobs = table();
    let report: (fraction: number) => void = () => undefined;
    let finish = (): void => undefined;
    const { id } = jobs.start('compare', async ({ onProgress }) => {
      report = (fraction) => onProgress({ phase: 'speed', fraction });
      await new Promise<void>((resolve) => (finish = resolve));
      return { ok: true };
    });
    await Promise.resolve();
    report(0.25);
    report(0.5);
    const reader = jobs.follow(id, 0, new AbortController().signal);
    const first = await reader.next();
    expect(first.value).toMatchObject({ version: 3, job: { progress: { fraction: 0.5 } } });
    await reader.return(undefined);
    const again = jobs.follow(id, 3, new AbortController().signal);
    const next = again.next();
    finish();
    expect((await next).value).toMatchObject({ version: 4, job: { status: 'done' } });
    expect((await again.next()).done).toBe(true);
  });

  test('cancels, bounds what runs, and forgets nobody who waits', async () => {
    const jobs = table();
    const endless = () =>
      jobs.start(
        'pull',
        ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('ended')));
          }),
      );
    const all = Array.from({ length: 4 }, endless);
    expect(endless).toThrow('4 jobs run already');
    const leaves = new AbortController();
    const waits = jobs.follow(all[0]?.id ?? '', 1, leaves.signal).next();
    leaves.abort();
    expect((await waits).done).toBe(true);
    await jobs.close();
    expect(jobs.list().every(({ status }) => status === 'failed')).toBe(true);
  });
});

test('what happens is told as it happens, and nothing of the settings', async () => {
  const { at, services } = await open();
  const left = new AbortController();
  const answer = await fetch(`${at}/events`, { signal: left.signal });
  const reader = answer.body!.getReader();
  const decoder = new TextDecoder();
  let text = decoder.decode((await reader.read()).value as Uint8Array | undefined);
  expect(text).toBe(': open\n\n');
  services.events.publish({ type: 'variant-built', name: 'tale:1b-q8_0' });
  await services.settings.update({ openaiApiKey: 'sk-secret' });
  while (!text.includes('settings-changed'))
    text += decoder.decode((await reader.read()).value as Uint8Array | undefined);
  expect(text).toContain('event: variant-built\ndata: {"name":"tale:1b-q8_0"}\n\n');
  expect(text).not.toContain('secret');
  left.abort();
});

test('a header and a diagnosis can be asked for', async () => {
  const { at } = await open();
  const doctor = await fetch(`${at}/doctor`);
  expect(await doctor.json()).toMatchObject({ schema: 'plimsoll.doctor/1' });
  expect((await fetch(`${at}/inspect?model=/etc/passwd`)).status).toBe(403);
});

test('all of it is described', async () => {
  const { server: own } = await createServer({ services: fakeServices() });
  const { paths } = (await own.inject({ url: `${API}/openapi.json`, headers: { host: '127.0.0.1' } })).json<{
    paths: Record<string, object>;
  }>();
  await own.close();
  for (const route of ['/jobs', '/jobs/{id}', '/jobs/{id}/events', '/events', '/inspect', '/doctor', '/ready']) {
    expect(Object.keys(paths)).toContain(API + route);
  }
});
