import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { forward, undiciTransport } from './index.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('forwarding', () => {
  const open: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  const serve = async (handler: Handler): Promise<string> => {
    const server = createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  /** A gateway in front of `upstream`, and what became of each forwarding. */
  const gateway = async (upstream: string): Promise<{ address: string; outcomes: unknown[] }> => {
    const transport = undiciTransport({ connectMs: 1_000 });
    open.push(() => transport.close());
    const outcomes: unknown[] = [];
    const address = await serve((incoming, response) => {
      const { method = 'GET', headers, url = '/' } = incoming;
      const body = method === 'GET' ? null : incoming;
      const added = { 'x-plimsoll-variant': 'fox:q8_0' };
      void forward(transport, { url: `${upstream}${url}`, method, headers, body }, response, { headers: added }).then(
        (status) => outcomes.push(status),
        (error: unknown) => {
          outcomes.push(error);
          response.destroy();
        },
      );
    });
    return { address, outcomes };
  };

  test('passes method, path, body, status and headers, but not those of one connection', async () => {
    let seen: IncomingMessage | null = null;
    let sent = '';
    const upstream = await serve((incoming, response) => {
      seen = incoming;
      incoming.on('data', (chunk: Buffer) => (sent += chunk.toString()));
      incoming.on('end', () => {
        response.writeHead(201, { 'content-type': 'application/x-ndjson', 'set-cookie': ['a=1', 'b=2'] });
        response.end('{"done":true}\n');
      });
    });
    const { address } = await gateway(upstream);
    const answer = await fetch(`${address}/api/chat?x=1`, {
      method: 'POST',
      headers: { authorization: 'Bearer t', 'x-openwebui-user-id': 'u', te: 'trailers' },
      body: '{"model":"fox"}',
    });
    expect(seen).toMatchObject({ method: 'POST', url: '/api/chat?x=1' });
    expect(seen!.headers).toMatchObject({ authorization: 'Bearer t', 'x-openwebui-user-id': 'u' });
    expect(seen!.headers).not.toHaveProperty('te');
    expect(seen!.headers.host).toBe(new URL(upstream).host);
    expect(sent).toBe('{"model":"fox"}');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-plimsoll-variant')).toBe('fox:q8_0');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    // What is there at once goes out as a whole.
    expect(answer.headers.get('content-length')).toBe('14');
    expect(await answer.text()).toBe('{"done":true}\n');
  });

  test('passes each piece on as it comes', async () => {
    let finish = (): void => undefined;
    const upstream = await serve((_, response) => {
      response.write('first\n');
      finish = () => response.end('last\n');
    });
    const { address } = await gateway(upstream);
    const answer = await fetch(address);
    expect(answer.headers.get('content-length')).toBeNull();
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('first\n');
    finish();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('last\n');
  });

  test('a client that leaves ends the request upstream, before the first byte and in the middle', async () => {
    let left = 0;
    let asked = 0;
    const upstream = await serve((incoming, response) => {
      asked += 1;
      response.on('close', () => (left += 1));
      if (incoming.url === '/stream') response.write('first\n');
    });
    const { address, outcomes } = await gateway(upstream);
    const early = new AbortController();
    const work = fetch(`${address}/silent`, { signal: early.signal });
    await expect.poll(() => asked).toBe(1);
    early.abort();
    await expect(work).rejects.toThrow();
    await expect.poll(() => left).toBe(1);
    await expect.poll(() => outcomes).toMatchObject([{ code: 'cancelled' }]);

    const later = new AbortController();
    await fetch(`${address}/stream`, { signal: later.signal });
    later.abort();
    await expect.poll(() => left).toBe(2);
  });

  test('a slow client slows the server down', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    const upstream = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed) {
          written += piece.length;
          if (!response.write(piece)) break;
        }
      };
      response.on('drain', more);
      more();
    });
    const { address } = await gateway(upstream);
    const answer = await new Promise<IncomingMessage>((resolve) => httpRequest(address, resolve).end());
    answer.pause();
    let before = -1;
    await expect
      .poll(
        () => {
          const still = written === before;
          before = written;
          return still;
        },
        { interval: 300, timeout: 20_000 },
      )
      .toBe(true);
    // Socket buffers of both connections are all that was filled.
    expect(written).toBeLessThan(64 * 1024 * 1024);
    answer.destroy();
  });

  test('what breaks upstream breaks the answer off, so that a part is not taken for the whole', async () => {
    const upstream = await serve((_, response) => {
      response.write('first\n', () => response.destroy());
    });
    const { address } = await gateway(upstream);
    await expect(fetch(address).then((answer) => answer.text())).rejects.toThrow();
  });

  test('or ends it with its last words, on a line of their own', async () => {
    const pieces = ['first\nsec', 'ond\n', 'thi'];
    const upstream = await serve((incoming, response) => {
      const cut = incoming.url === '/cut';
      const next = (): void => {
        const piece = pieces.shift();
        if (piece !== undefined) response.write(piece, () => setTimeout(next, 5));
        else if (cut) response.destroy();
        else response.end('rd');
      };
      next();
    });
    const transport = undiciTransport({ connectMs: 1_000 });
    open.push(() => transport.close());
    const outcomes: unknown[] = [];
    const address = await serve((incoming, response) => {
      const asked = { url: `${upstream}${incoming.url ?? ''}`, method: 'GET', headers: {}, body: null };
      void forward(transport, asked, response, { lastWords: ({ code }) => `${code}\n` }).catch((error: unknown) =>
        outcomes.push(error),
      );
    });
    expect(await (await fetch(`${address}/cut`)).text()).toBe('first\nsecond\nbackend-failed\n');
    expect(outcomes).toMatchObject([{ code: 'backend-failed' }]);
    pieces.push('a\nb');
    expect(await (await fetch(`${address}/whole`)).text()).toBe('a\nbrd');
    expect(outcomes).toHaveLength(1);
  });

  test('nobody upstream is an error for the caller to answer', async () => {
    const { address, outcomes } = await gateway('http://127.0.0.1:1');
    await expect(fetch(address)).rejects.toThrow();
    expect(outcomes).toMatchObject([{ code: 'backend-unreachable' }]);
  });
});
