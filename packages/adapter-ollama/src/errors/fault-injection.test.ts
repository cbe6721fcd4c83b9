import { createServer, type ServerResponse } from 'node:http';
import { createServer as createRawServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { GenerateEvent, PlimsollError } from '@plimsoll/domain';
import { listen, type RunningServer } from '../../test/support/recording.js';
import { OllamaApi, OllamaRuntime } from '../index.js';

const TOKEN = `${JSON.stringify({ response: 'Once', done: false })}\n`;
const DONE = `${JSON.stringify({ response: '', done: true, done_reason: 'stop' })}\n`;

describe('an Ollama server that misbehaves', () => {
  const open: { stop(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.stop();
  });

  const serve = async (respond: (answer: ServerResponse) => void): Promise<RunningServer> => {
    const server = await listen(createServer((_, answer) => respond(answer)));
    open.push(server);
    return server;
  };
  const runtimeFor = (host: string, limitMs = 5_000): OllamaRuntime => {
    const timeouts = { connectMs: limitMs, answerMs: limitMs, loadMs: limitMs, pauseMs: limitMs };
    const runtime = new OllamaRuntime(new OllamaApi({ host, timeouts }));
    open.push({ stop: () => runtime.close() });
    return runtime;
  };
  const failureOf = async (work: Promise<unknown>): Promise<PlimsollError> =>
    work.then(
      () => expect.fail('it succeeded'),
      (error: unknown) => error as PlimsollError,
    );
  const generate = async (runtime: OllamaRuntime, signal?: AbortSignal): Promise<readonly GenerateEvent[]> => {
    const events: GenerateEvent[] = [];
    const request = { model: 'fox', input: { kind: 'prompt', prompt: 'a' } } as const;
    for await (const event of runtime.generate(request, { signal })) events.push(event);
    return events;
  };

  test('refuses the connection', async () => {
    const server = await listen(createServer());
    await server.stop();
    const failure = await failureOf(runtimeFor(server.host).list());
    expect(failure).toMatchObject({ code: 'backend-unreachable' });
    expect(failure.message).toContain(server.host);
    expect(failure.hint).toContain('ollama serve');
  });

  test('has a name that nobody knows', async () => {
    const failure = await failureOf(runtimeFor('http://no-such-host.invalid:1').info());
    expect(failure.code).toBe('backend-unreachable');
  });

  test('hangs up without a word', async () => {
    const server = await serve((answer) => answer.destroy());
    expect(await failureOf(runtimeFor(server.host).list())).toMatchObject({ code: 'backend-unreachable' });
  });

  test('speaks another protocol', async () => {
    const raw = createRawServer((socket) => socket.end('220 mail.example ESMTP\r\n', () => socket.destroy()));
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    open.push({ stop: () => new Promise((resolve) => raw.close(resolve)) });
    const { port } = raw.address() as AddressInfo;
    const failure = await failureOf(runtimeFor(`http://127.0.0.1:${port}`).list());
    expect(failure.code).toBe('backend-unreachable');
  });

  test('never answers', async () => {
    const server = await serve(() => undefined);
    expect(await failureOf(runtimeFor(server.host, 50).list())).toMatchObject({ code: 'timeout' });
    expect(await failureOf(generate(runtimeFor(server.host, 50)))).toMatchObject({ code: 'timeout' });
  });

  test('falls silent in the middle of an answer', async () => {
    const server = await serve((answer) => answer.write(TOKEN));
    expect(await failureOf(generate(runtimeFor(server.host, 50)))).toMatchObject({ code: 'timeout' });
  });

  test('is slow, but within the limits, piece by piece', async () => {
    const server = await serve((answer) => {
      const bytes = Buffer.from(TOKEN + DONE);
      let at = 0;
      const timer = setInterval(() => {
        if (at >= bytes.length) {
          clearInterval(timer);
          answer.end();
        } else answer.write(bytes.subarray(at, (at += 7)));
      }, 1);
    });
    const events = await generate(runtimeFor(server.host));
    expect(events.map((event) => event.type)).toEqual(['text', 'done']);
  });

  test('cuts the connection in the middle of a line', async () => {
    const server = await serve((answer) => {
      answer.write(TOKEN + TOKEN.slice(0, 10), () => answer.destroy());
    });
    expect(await failureOf(generate(runtimeFor(server.host)))).toMatchObject({ code: 'backend-failed' });
  });

  test('ends in the middle of a line', async () => {
    const server = await serve((answer) => answer.end(TOKEN + TOKEN.slice(0, 10)));
    const failure = await failureOf(generate(runtimeFor(server.host)));
    expect(failure).toMatchObject({ code: 'backend-failed' });
    expect(failure.message).toContain('incomplete or invalid JSON');
  });

  test('ends before it is done', async () => {
    const server = await serve((answer) => answer.end(TOKEN));
    const failure = await failureOf(generate(runtimeFor(server.host)));
    expect(failure).toMatchObject({ code: 'backend-failed' });
    expect(failure.message).toContain('before it was done');
  });

  test('sends garbage', async () => {
    const server = await serve((answer) => answer.end('<html>It works!</html>'));
    expect(await failureOf(runtimeFor(server.host).list())).toMatchObject({ code: 'backend-failed' });
    expect(await failureOf(generate(runtimeFor(server.host)))).toMatchObject({ code: 'backend-failed' });
  });

  test('reports an error with the status 200: it is not an empty list', async () => {
    const server = await serve((answer) => answer.end('{"error":"database is locked"}'));
    const failure = await failureOf(runtimeFor(server.host).list());
    expect(failure).toMatchObject({ code: 'backend-failed' });
    expect(failure.message).toContain('database is locked');
    const empty = await serve((answer) => answer.end('{}'));
    expect(await failureOf(runtimeFor(empty.host).list())).toMatchObject({ code: 'backend-failed' });
  });

  test('sends JSON of another shape, and the place is named', async () => {
    const server = await serve((answer) => answer.end('{"models":[{"name":3}]}'));
    const failure = await failureOf(runtimeFor(server.host).list());
    expect(failure.code).toBe('backend-failed');
    expect(failure.message).toContain('models.0.name');
  });

  test('sends a line without end', async () => {
    const server = await serve((answer) => {
      const piece = 'x'.repeat(1024 * 1024);
      const more = (): void => {
        if (!answer.destroyed) answer.write(piece, more);
      };
      more();
    });
    expect(await failureOf(generate(runtimeFor(server.host)))).toMatchObject({ code: 'backend-failed' });
  });

  test('is busy, as itself or as a proxy before it', async () => {
    const server = await serve((answer) => answer.writeHead(503).end('<h1>503 Service Unavailable</h1>'));
    expect(await failureOf(runtimeFor(server.host).list())).toMatchObject({ code: 'busy' });
  });

  test('fails in the last line of a stream', async () => {
    const server = await serve((answer) => answer.end(`${TOKEN}{"error":"model runner has unexpectedly stopped"}\n`));
    expect(await failureOf(generate(runtimeFor(server.host)))).toMatchObject({ code: 'backend-failed' });
  });

  test('loses a client that cancels: while it connects, before it answers, and in between', async () => {
    let hungUp = 0;
    const server = await serve((answer) => {
      answer.on('close', () => (hungUp += 1));
      answer.write(TOKEN);
    });
    const runtime = runtimeFor(server.host);
    expect(await failureOf(runtime.list({ signal: AbortSignal.abort() }))).toMatchObject({ code: 'cancelled' });

    const silent = await serve(() => undefined);
    const early = AbortSignal.timeout(20);
    expect(await failureOf(runtimeFor(silent.host).list({ signal: early }))).toMatchObject({ code: 'cancelled' });

    const later = AbortSignal.timeout(50);
    expect(await failureOf(generate(runtime, later))).toMatchObject({ code: 'cancelled' });
    await expect.poll(() => hungUp).toBe(1);
  });
});
