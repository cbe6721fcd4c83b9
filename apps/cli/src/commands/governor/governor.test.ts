import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { governorSchema, simulationSchema } from '@plimsoll/contract/schemas';
import { afterEach, describe, expect, test } from 'vitest';
import { runProgram } from '../../run-program.js';

interface Shown {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...args: string[]): Promise<Shown> {
  const shown = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    write: (text: string) => ((shown[name] += text), true),
    isTTY: false,
  });
  const code = await runProgram(['governor', ...args], {
    stdin: process.stdin,
    stdout: stream('out'),
    stderr: stream('err'),
    env: { COLUMNS: '80' },
    signal: new AbortController().signal,
    version: '0.0.0',
    nowMs: () => performance.now(),
  });
  return { code, ...shown };
}

const rung = (level: string, gib: number, loss: number) => ({
  ...{ level, contextTokens: 8192, keyCacheType: 'f16', valueCacheType: 'f16', gpuLayers: 33, parallel: 1 },
  ...{ bytes: { 'gpu-0': gib * 2 ** 30 }, decodeTokensPerSecond: 41.5, loss },
});
const state = governorSchema.parse({
  ...{ schema: 'plimsoll.governor/1', mode: 'active', hold: 'healthy' },
  memory: [
    {
      ...{ domain: 'gpu-0', totalBytes: 8 * 2 ** 30, usedBytes: 7 * 2 ** 30, ownBytes: 5 * 2 ** 30 },
      ...{ foreignBytes: 2 * 2 ** 30, freeBytes: 2 ** 30, atMs: 0 },
    },
  ],
  models: [
    {
      ...{
        name: 'llama3.1:8b',
        loaded: true,
        changing: false,
        pin: 'none',
        activeRequests: 1,
        latched: false,
        rung: 1,
      },
      ladder: [rung('Q8_0', 8.1, 0.0014), rung('Q4_K_M', 5, 0.0313)],
    },
  ],
});

describe('against a server', () => {
  let close = (): void => undefined;
  afterEach(() => close());

  async function serve(decisions: readonly object[] = []): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => (body += String(piece)));
      request.on('end', () => {
        asked.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
        response.end(
          JSON.stringify(
            request.url?.endsWith('/log') === true ? { schema: 'plimsoll.governor-log/1', decisions } : state,
          ),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => server.close();
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  test('shows who holds what, and where each model stands', async () => {
    const { url } = await serve();
    const { code, out } = await run('--url', url);
    expect(code).toBe(0);
    expect(out).toMatch(/gpu-0 +8\.00 GiB +5\.00 GiB +2\.00 GiB +1\.00 GiB/);
    expect(out).toMatch(/> 2 +Q4_K_M +8192 +f16 +1 +33/);
    expect(out).toContain('All is well');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('shows what was decided, by the numbers of the points, within 80 columns', async () => {
    const step = {
      ...{ atMs: 0, rule: 'hard-pressure', direction: 'down', carriedOut: 'done', error: null },
      action: { kind: 'switch', model: 'a-rather-long-name-of-a-model:70b', from: 0, to: 7 },
      inputs: { memory: [], heat: [], hostStallShare: null },
      prediction: { domain: 'gpu-0', freeBytesBefore: 2 ** 28, freeBytesAfter: 2 ** 31 },
      outcome: { domain: 'gpu-0', predictedFreeBytes: 2 ** 31, observedFreeBytes: 2 ** 30, errorBytes: -(2 ** 30) },
    };
    const { url } = await serve([step]);
    const { out } = await run('log', '--url', url);
    expect(out).toMatch(/down, 1 to 8 +hard-pressure +2\.00 GiB/);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test.each([
    [['hold'], 'PUT /api/plimsoll/v1/governor {"mode":"hold"}'],
    [['pin', 'm', '--loaded'], 'PUT /api/plimsoll/v1/governor {"pin":{"model":"m","to":"loaded"}}'],
    [['unpin', 'm'], 'PUT /api/plimsoll/v1/governor {"pin":{"model":"m","to":"none"}}'],
    [['log'], 'GET /api/plimsoll/v1/governor/log '],
  ])('%j asks %s', async (args, expected) => {
    const { url, asked } = await serve();
    expect((await run(...args, '--url', url)).code).toBe(0);
    expect(asked).toEqual([expected]);
  });
});

test('a model that is not served is wrong usage, with the command that lists those that are', async () => {
  const server = createServer((_request, response) => {
    response.statusCode = 400;
    response.end(JSON.stringify({ error: { code: 'invalid-input', message: 'm is not served here.', hint: null } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { code, err } = await run('pin', 'm', '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(code).toBe(2);
    expect(err).toMatch(/m is not served here.[^]*plimsoll governor/);
  } finally {
    server.close();
  }
});

test('a server that is not there is told with the command that starts one', async () => {
  const { code, err } = await run('--url', 'http://127.0.0.1:1');
  expect(code).toBe(4);
  expect(err).toContain('plimsoll serve');
});

test.each([[['pin']], [['simulate', 'nothing']], [['--url', 'file:///etc/passwd']]])(
  '%j is wrong usage',
  async (args) => {
    expect((await run(...args)).code).toBe(2);
  },
);

test('a trace is replayed under our rules and simpler ones; ours lose nothing', async () => {
  const { code, out } = await run('simulate', 'game-comes-and-goes', '--json');
  expect(code).toBe(0);
  const { runs } = simulationSchema.parse(JSON.parse(out));
  expect(runs).toHaveLength(5);
  expect(runs[0]).toMatchObject({ policy: 'governor', lost: 0 });
  const shown = await run('simulate', 'game-comes-and-goes');
  expect(shown.out).toMatch(/game comes and goes +governor/);
});
