import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConfigStore } from '@plimsoll/adapter-config';
import { openPlimsoll } from '@plimsoll/composition';
import type { GovernorDocument, GovernorLogDocument } from '@plimsoll/contract';
import { governorEventSchema } from '@plimsoll/contract/schemas';
import { GPU_PROBE, HOST_PROBE } from '@plimsoll/di';
import { DEFAULT_GOVERNOR_POLICY } from '@plimsoll/domain';
import type { HostProbe, HostReading } from '@plimsoll/domain';
import { serverSentEvents } from '@plimsoll/protocol';
import { sampleModelPath } from '@plimsoll/sample-model';
import { FixedGpuProbe, FixedHostProbe } from '@plimsoll/testing';
import type { ServiceIdentifier } from 'inversify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { httpServices, startServer } from '../src/index.js';
import type { StartedServer } from '../src/index.js';

const MIB = 1024 ** 2;

/** The host's memory as the test says: what others take, and what our models do. */
class PretendedHost implements HostProbe {
  foreignBytes = 0;
  ownBytes: () => Promise<number> = async () => 0;
  readonly totalBytes: number;
  readonly #real = new FixedHostProbe();

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes;
  }

  async read(): Promise<HostReading> {
    const availableBytes = Math.max(0, this.totalBytes - this.foreignBytes - (await this.ownBytes()));
    return { ...(await this.#real.read()), totalBytes: this.totalBytes, availableBytes };
  }

  async machineId(): Promise<string> {
    return this.#real.machineId();
  }
}

const host = new PretendedHost(64 * MIB);
let folder: string;
let server: StartedServer;
/** Level and measured power of each point of the governed models. */
let powers: () => Promise<readonly (readonly [string | null, number | null])[]>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-governor-'));
  await copyFile(sampleModelPath(), join(folder, 'fable-5m-F16.gguf'));
  const options = { path: join(folder, 'config.json'), environment: {}, homeFolder: folder, workingFolder: folder };
  const config = createConfigStore(options);
  const storeFile = join(folder, 'measurements.db');
  await config.save({ backend: 'embedded', modelsFolder: folder, storeFile, quantizationLevel: 'F16' });
  const plimsoll = await openPlimsoll({
    config,
    replace: new Map<ServiceIdentifier<object>, object>([
      [HOST_PROBE, host],
      [GPU_PROBE, new FixedGpuProbe()],
    ]),
    // Minutes of waiting as fractions of a second.
    govern: {
      mode: 'active',
      policy: { ...DEFAULT_GOVERNOR_POLICY, healthyMs: 1_500, dwellMs: 200, settleMs: 100, reversalMs: 0 },
    },
  });
  const { value: use } = await plimsoll.lease();
  for (const level of ['Q8_0', 'Q4_K_M'] as const) {
    await (await use.quantization()).quantize({ model: join(folder, 'fable-5m-F16.gguf'), level });
  }
  const runtime = await use.runtime();
  // Two seconds at 42 W, as a comparison would have measured them.
  const { digest = null, name = '' } = (await runtime.list()).find((one) => one.name.includes('Q8_0')) ?? {};
  await (
    await use.recorder()
  ).record({
    ...{ kind: 'speed', model: 'fable-5m-F16', variant: name, digest, succeeded: true, energyJ: 84 },
    timings: {
      ...{ promptTokens: 8, cachedPromptTokens: 0, generatedTokens: 24, loadMs: null, prefillMs: 20 },
      ...{ decodeMs: 1900, firstTokenMs: 30, totalMs: 2000 },
    },
    ...{ predictedSpeed: null, footprint: null },
  });
  powers = async () =>
    ((await use.governor())?.pool.models() ?? []).flatMap(({ ladder }) =>
      ladder.map(({ point: { quantization: q }, powerW }) => [q.kind === 'preset' ? q.level : null, powerW] as const),
    );
  host.ownBytes = async () => (await runtime.resident()).reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  server = await startServer({ services: await httpServices(plimsoll), host: '127.0.0.1', port: 0 });
}, 60_000);
afterAll(async () => {
  await server.close(0);
  await rm(folder, { recursive: true, force: true });
});

const governor = async <Document>(path = '', change?: object): Promise<Document> => {
  const answer = await fetch(`${server.url}/api/plimsoll/v1/governor${path}`, {
    method: change === undefined ? 'GET' : 'PUT',
    ...(change === undefined ? {} : { body: JSON.stringify(change) }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Document;
};

test('under pressure the level gives way and comes back, and no request is lost', { timeout: 90_000 }, async () => {
  const seen = new Map<string, number>();
  let stop = false;
  const client = async (): Promise<void> => {
    while (!stop) {
      const answer = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({
          ...{ model: 'fable-5m-F16', stream: true, stream_options: { include_usage: true }, max_tokens: 24 },
          messages: [{ role: 'user', content: 'Once upon a time' }],
        }),
      });
      const text = await answer.text();
      expect([answer.status, text.slice(-200)]).toEqual([200, expect.stringContaining('[DONE]')]);
      expect(text).toContain('"completion_tokens":24');
      const variant = answer.headers.get('x-plimsoll-variant') ?? '';
      seen.set(variant, (seen.get(variant) ?? 0) + 1);
      await sleep(20);
    }
  };
  const clients = [client(), client(), client()];
  const level = async (): Promise<string | null | undefined> => {
    const { models } = await governor<GovernorDocument>();
    const [model] = models;
    return model?.ladder[model.rung]?.level;
  };
  await vi.waitFor(async () => expect(await level()).toBe('F16'), { timeout: 10_000 });
  const { models } = await governor<GovernorDocument>();
  expect(models[0]?.ladder.map((rung) => rung.level)).toContain('Q4_K_M');

  // The game: it leaves next to nothing beside our model.
  host.foreignBytes = host.totalBytes - (await host.ownBytes()) - MIB;
  const lower = expect.stringMatching(/^Q/) as string;
  await vi.waitFor(async () => expect(await level()).toEqual(lower), { timeout: 15_000, interval: 100 });
  host.foreignBytes = 0;
  await vi.waitFor(async () => expect(await level()).toBe('F16'), { timeout: 20_000, interval: 100 });
  stop = true;
  await Promise.all(clients);

  expect(seen.get('fable-5m-F16')).toBeGreaterThan(0);
  expect([...seen.keys()].some((variant) => variant.startsWith('fable-5m-Q'))).toBe(true);
  const { decisions } = await governor<GovernorLogDocument>('/log');
  expect(decisions.map(({ direction }) => direction)).toEqual(expect.arrayContaining(['down', 'up']));
  expect(decisions.every(({ carriedOut }) => carriedOut === 'done')).toBe(true);
});

test('points whose power was measured have it, and the others have none', async () => {
  const known = await powers();
  expect(known.some(([level]) => level === 'Q8_0')).toBe(true);
  for (const [level, powerW] of known) expect(powerW).toBe(level === 'Q8_0' ? 42 : null);
});

test('a pinned model stays, and a governor on hold does nothing; who listens is told of both', async () => {
  const stop = new AbortController();
  const stream = await fetch(`${server.url}/api/plimsoll/v1/governor/events`, { signal: stop.signal });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  const told = serverSentEvents(stream.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => governorEventSchema.parse(JSON.parse((await told.next()).value as string));
  const pinned = await governor<GovernorDocument>('', { pin: { model: 'fable-5m-F16', to: 'point' } });
  expect(pinned.models[0]?.pin).toBe('point');
  expect((await governor<GovernorDocument>('', { mode: 'hold' })).mode).toBe('hold');
  const wrong = await fetch(`${server.url}/api/plimsoll/v1/governor`, {
    method: 'PUT',
    body: JSON.stringify({ pin: { model: 'nothing', to: 'point' } }),
  });
  expect(wrong.status).toBe(400);
  expect(await next()).toEqual({
    ...{ kind: 'steered', mode: 'active' },
    pinned: { model: 'fable-5m-F16', to: 'point' },
  });
  expect(await next()).toEqual({ kind: 'steered', mode: 'hold', pinned: null });
  stop.abort();
});
