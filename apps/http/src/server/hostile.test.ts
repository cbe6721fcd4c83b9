import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { CancelledError } from '@plimsoll/domain';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startServer } from '../index.js';
import type { StartedServer } from '../index.js';
import { fakeServices } from '../../test/fake-services.js';
import type { FakeServices } from '../../test/fake-services.js';

const API = '/api/plimsoll/v1';
const GENERATE = JSON.stringify({ model: 'tale:1b', prompt: 'Once' });

let started: number;
let services: FakeServices;
let server: StartedServer;

beforeEach(async () => {
  started = 0;
  services = fakeServices({}, (inner) => {
    // Says a word when it is asked to begin, and goes on until it is cancelled.
    inner.generate = async function* ({ input }, options) {
      started += 1;
      if (input.kind === 'prompt' && input.prompt === 'Begin') yield { type: 'text', text: 'Once' };
      await new Promise<void>((resolve) => {
        if (options?.signal?.aborted === true) resolve();
        options?.signal?.addEventListener('abort', () => resolve(), { once: true });
      });
      throw new CancelledError('The generation was cancelled.');
    };
    return inner;
  });
  server = await startServer({ services, host: '127.0.0.1', port: 0 });
});
afterEach(() => server.close(0));

const dial = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });

/** What the server says until it ends the connection, or until the text has arrived. */
const said = (socket: Socket, until?: string): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
    socket.on('data', (piece: string) => {
      text += piece;
      if (until !== undefined && text.includes(until)) resolve(text);
    });
  });

const head = (method: string, path: string, headers: Readonly<Record<string, string | number>>): string =>
  [`${method} ${path} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  );

const post = (path: string, body: string, headers: Readonly<Record<string, string>> = {}): string =>
  head('POST', path, {
    host: '127.0.0.1',
    connection: 'close',
    'content-length': Buffer.byteLength(body),
    ...headers,
  }) + body;

const answerTo = async (bytes: string): Promise<string> => {
  const socket = await dial();
  const answer = said(socket);
  socket.write(bytes);
  return answer;
};

const descriptors = (): number => readdirSync('/proc/self/fd').length;

describe('other pages and names', () => {
  // What a page may send without asking first: a form's types, no headers of its own.
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'a simple request of another origin as %s changes nothing and starts nothing',
    async (type) => {
      const before = await services.config.load();
      const page = { origin: 'http://evil.example', 'content-type': type };
      for (const bytes of [
        post(`${API}/generate`, GENERATE, page),
        post(`${API}/plan`, '{"model":"tale:1b"}', page),
        post('/api/generate', '{"model":"tale:1b","prompt":"Once"}', page),
        post('/v1/chat/completions', '{"model":"tale:1b","messages":[{"role":"user","content":"Hi"}]}', page),
      ]) {
        expect(await answerTo(bytes)).toMatch(/^HTTP\/1\.1 403 /);
      }
      expect(started).toBe(0);
      expect(await services.config.load()).toEqual(before);
    },
  );

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost@evil.example', '[::1].evil.example', ''])(
    'a Host of %j, as after rebinding, is refused by every API',
    async (host) => {
      for (const path of [`${API}/models`, '/api/tags', '/v1/models']) {
        expect(await answerTo(head('GET', path, { host, connection: 'close' }))).toMatch(/^HTTP\/1\.1 40[03] /);
      }
    },
  );
});

describe('sizes', () => {
  test('a body that says it is too large is refused before it is sent', async () => {
    const bytes = head('POST', `${API}/plan`, { host: '127.0.0.1', 'content-length': 2 ** 40 });
    expect(await answerTo(bytes)).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"too-large"/);
  });

  test('a body in pieces without end is refused at the limit', async () => {
    const socket = await dial();
    const answer = said(socket);
    socket.write(head('POST', `${API}/plan`, { host: '127.0.0.1', 'transfer-encoding': 'chunked' }));
    const piece = `10000\r\n${'x'.repeat(0x1_0000)}\r\n`;
    for (let sent = 0; sent < 64 && socket.writable; sent++) socket.write(piece);
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test.each([
    ['depth', `{"model":"m","prompt":"p","format":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['keys', `{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":0`).join(',')}}`],
    ['prototype', '{"model":"m","prompt":"p","__proto__":{"make":true}}'],
  ])('a body with too much %s is a wrong body and no failure of the server', async (_, body) => {
    expect(await answerTo(post(`${API}/generate`, body))).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"invalid-input"/);
  });
});

describe('many and impatient clients', () => {
  test('200 connections that say nothing keep nobody from being answered, and are let go', async () => {
    const idle = await Promise.all(Array.from({ length: 200 }, dial));
    // Half of them stop in the middle of their headers.
    for (const socket of idle.slice(100)) socket.write('GET /health HTTP/1.1\r\nhost: 127.');
    expect(await answerTo(head('GET', '/health', { host: '127.0.0.1', connection: 'close' }))).toMatch(
      /^HTTP\/1\.1 200 /,
    );
    const closed = idle.map((socket) => said(socket));
    await server.close(0);
    await Promise.all(closed);
  });

  const phases: readonly (readonly [string, (socket: Socket) => unknown])[] = [
    ['before a word', () => undefined],
    ['in the headers', (socket) => void socket.write('POST /api/generate HTTP/1.1\r\nhost: 127')],
    ['in the body', (socket) => void socket.write(post(`${API}/generate`, GENERATE).slice(0, -5))],
    ['before the first token', (socket) => void socket.write(post(`${API}/generate`, GENERATE))],
    [
      'in the answer',
      async (socket) => {
        const begun = said(socket, 'event: text');
        socket.write(post(`${API}/generate`, GENERATE.replace('Once', 'Begin')));
        await begun;
      },
    ],
    ['in a plan', (socket) => void socket.write(post(`${API}/plan`, '{"model":"tale:1b"}'))],
  ];

  test.skipIf(process.platform !== 'linux')(
    'leaving in any phase, 20 times each, brings descriptors and leases back to where they were (counts in /proc)',
    async () => {
      // One of each first: what stays open for good is open then.
      const round = async (times: number): Promise<void> => {
        for (const [, reach] of phases) {
          await Promise.all(
            Array.from({ length: times }, async () => {
              const socket = await dial();
              socket.on('error', () => undefined);
              await reach(socket);
              socket.destroy();
            }),
          );
        }
        await vi.waitFor(() => expect(services.state.leases).toBe(0), { timeout: 10_000 });
      };
      await round(1);
      const before = descriptors();
      await round(20);
      await vi.waitFor(() => expect(descriptors()).toBeLessThanOrEqual(before), { timeout: 10_000 });
      expect(await answerTo(head('GET', '/health', { host: '127.0.0.1', connection: 'close' }))).toContain('"ok"');
    },
  );
});

test('errors name no path of this machine and no secret', async () => {
  const wrong = ['{"model":"/etc/passwd"}', '{"model":"tale:1b","levels":["Q9"]}', '{"model":', '{}'];
  for (const body of wrong) {
    expect(await answerTo(post(`${API}/plan`, body))).not.toMatch(
      /\/(?:etc|work|home|root|node_modules)\b|\bat .*:\d+:\d+/,
    );
  }
});
