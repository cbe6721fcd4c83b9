import { BackendUnreachableError } from '@plimsoll/domain';
import type { GenerateEvent, GenerateRequest } from '@plimsoll/domain';
import type { HttpAnswer, HttpFetch } from '@plimsoll/transport';
import { expect, test } from 'vitest';
import { openHosts } from '../inversify.js';
import { HostsBuilder } from './hosts-builder.js';
import { HostsRuntime } from './hosts-runtime.js';

/** A server as a test sets it. */
interface FakeServer {
  up: boolean;
  busy?: boolean;
  models: string[];
  resident: string[];
  /** Breaks its answer off after the first piece. */
  breaks?: boolean;
  readonly asked: string[];
}

const server = (fields: Partial<FakeServer> = {}): FakeServer => ({
  ...{ up: true, models: ['tale:1b-q4_K_M'], resident: [], asked: [] },
  ...fields,
});

function scene(...servers: readonly FakeServer[]) {
  const time = { nowMs: 0 };
  const fetch: HttpFetch = async (url, request) => {
    const { host, pathname } = new URL(url);
    const it = servers[Number(host.slice(-1))];
    if (it?.up !== true) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    it.asked.push(pathname);
    if (pathname === '/api/tags') return answer({ models: it.models.map((name) => ({ name, model: name })) });
    if (pathname === '/api/ps') return answer({ models: it.resident.map((name) => ({ name, model: name, size: 5 })) });
    if (pathname === '/api/version') return answer({ version: '0.34.2' });
    const { model, keep_alive } = JSON.parse(typeof request.body === 'string' ? request.body : '{}') as {
      model: string;
      keep_alive?: number;
    };
    if (it.busy === true) return answer({ error: 'server busy, please try again.' }, 503);
    if (!it.models.includes(model)) return answer({ error: `model '${model}' not found` }, 404);
    it.resident = keep_alive === 0 ? it.resident.filter((name) => name !== model) : [...it.resident, model];
    const lines = [
      { response: 'Hi', done: false },
      { response: '', done: true, done_reason: 'stop' },
    ];
    return answer(it.breaks === true ? lines.slice(0, 1) : lines);
  };
  const addresses = servers.map((_, index) => `http://10.0.0.${index}`);
  const hosts = openHosts(addresses, { fetch, clock: { monotonicMs: () => time.nowMs } });
  return { hosts, runtime: new HostsRuntime(hosts), time, addresses };
}

function answer(body: object, status = 200): HttpAnswer {
  const lines = Array.isArray(body) ? body : [body];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const pieces = async function* () {
    yield Buffer.from(text);
  };
  return { status, headers: {}, body: pieces(), discard: () => undefined };
}

const request: GenerateRequest = { model: 'tale:1b-q4_K_M', input: { kind: 'prompt', prompt: 'Hi' } };
async function all(events: AsyncIterable<GenerateEvent>): Promise<readonly GenerateEvent[]> {
  const list: GenerateEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}
const generations = ({ asked }: FakeServer): number => asked.filter((path) => path === '/api/generate').length;

test('the server that has the variant in memory answers, before one that has it on its disk', async () => {
  const servers = [server({ models: [] }), server(), server({ resident: ['tale:1b-q4_K_M'] })];
  const { runtime } = scene(...servers);
  await all(runtime.generate(request));
  expect(servers.map(generations)).toEqual([0, 0, 1]);
  expect((await runtime.list()).map(({ name }) => name)).toEqual(['tale:1b-q4_K_M']);
});

test('among servers that have it in memory, the one with the least to do answers', async () => {
  const resident = ['tale:1b-q4_K_M'];
  const { hosts, addresses } = scene(server({ resident }), server({ resident }));
  const [first] = await hosts.inOrder('tale:1b-q4_K_M');
  const end = first?.begin();
  expect((await hosts.inOrder('tale:1b-q4_K_M')).map(({ address }) => address)).toEqual([addresses[1], addresses[0]]);
  end?.(null);
  expect((await hosts.inOrder('tale:1b-q4_K_M'))[0]?.address).toBe(addresses[0]);
});

test.each([
  ['is gone', { up: false }],
  ['is busy', { busy: true }],
  ['has lost the model', { models: [] }],
])('another server answers where the first one %s', async (_, now) => {
  const servers = [server({ resident: ['tale:1b-q4_K_M'] }), server()];
  const { runtime } = scene(...servers);
  await runtime.find('tale:1b-q4_K_M');
  Object.assign(servers[0] as FakeServer, now);
  const events = await all(runtime.generate(request));
  expect(events.map(({ type }) => type)).toEqual(['text', 'done']);
  expect(generations(servers[1] as FakeServer)).toBe(1);
});

test('an answer that has begun is never begun again elsewhere', async () => {
  const servers = [server({ breaks: true }), server()];
  const { runtime } = scene(...servers);
  await expect(all(runtime.generate(request))).rejects.toMatchObject({ code: 'backend-failed' });
  expect(servers.map(generations)).toEqual([1, 0]);
});

test('a server that went down is left alone, longer each time, and comes back', async () => {
  const servers = [server(), server()];
  const { runtime, hosts, time, addresses } = scene(...servers);
  const [first] = servers as [FakeServer, FakeServer];
  first.up = false;
  expect((await runtime.info()).silent).toEqual([addresses[0]]);
  expect(runtime.apis.address).toBe(addresses[1]);
  first.up = true;
  time.nowMs = 900;
  await hosts.look();
  expect(first.asked).toEqual([]);
  time.nowMs = 1_001;
  // Nobody waits for it: the answer comes from the other one, and the news with the next look.
  expect((await hosts.inOrder('tale:1b-q4_K_M')).map(({ address }) => address)).toEqual([addresses[1]]);
  await new Promise((resolve) => setImmediate(resolve));
  expect((await hosts.inOrder('tale:1b-q4_K_M')).map(({ address }) => address)).toEqual(addresses);
  expect((await runtime.info()).silent).toEqual([]);
});

test('when none answers, each is asked, and the failure is said', async () => {
  const servers = [server({ up: false }), server({ up: false })];
  const { runtime } = scene(...servers);
  await expect(runtime.list()).rejects.toBeInstanceOf(BackendUnreachableError);
  await expect(all(runtime.generate(request))).rejects.toBeInstanceOf(BackendUnreachableError);
  (servers[1] as FakeServer).up = true;
  expect(await all(runtime.generate(request))).toHaveLength(2);
});

test('a model in two memories holds both, and is unloaded from both', async () => {
  const servers = [server({ resident: ['tale:1b-q4_K_M'] }), server({ resident: ['tale:1b-q4_K_M'] })];
  const { runtime } = scene(...servers);
  expect(await runtime.resident()).toMatchObject([{ name: 'tale:1b-q4_K_M', sizeBytes: 10 }]);
  await runtime.unload('tale:1b-q4_K_M');
  expect(await runtime.resident()).toEqual([]);
});

test('a variant is made where its source is', async () => {
  const { hosts, addresses } = scene(server(), server({ models: ['tale:1b-fp16'] }));
  const used: string[] = [];
  const builder = new HostsBuilder(hosts, ({ address }) => {
    used.push(address);
    return { methods: async () => ['create'] } as never;
  });
  const target = { target: 'tale:1b-q8_0', level: 'Q8_0' } as const;
  expect(await builder.methods({ source: 'tale:1b-fp16', ...target })).toEqual(['create']);
  expect(used).toEqual([addresses[1]]);
});
