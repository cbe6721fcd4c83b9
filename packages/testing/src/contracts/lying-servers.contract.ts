import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip } from 'node:zlib';
import { isPlimsollError } from '@plimsoll/domain';
import { describe, it } from 'vitest';

/** What a lie needs to know: its own address, and that of a server of this machine that nobody named. */
interface Places {
  readonly own: string;
  readonly inner: string;
}

type Lie = (response: ServerResponse, places: Places) => unknown;

const redirect =
  (location: (places: Places) => string, status = 302): Lie =>
  (response, places) =>
    response.writeHead(status, { location: location(places) }).end();

/** Writes until the client has enough. */
function pour(response: ServerResponse, piece: string | Buffer, pauseMs = 0): void {
  if (response.destroyed) return;
  response.write(piece, () => setTimeout(() => pour(response, piece, pauseMs), pauseMs));
}

const MIB = 1024 ** 2;

/** What servers may answer that are broken, or mean harm. None of it is an answer. */
const LIES: readonly (readonly [title: string, lie: Lie])[] = [
  ['redirects to a private address', redirect(() => 'http://10.0.0.1/secret')],
  ['redirects to the address of a cloud’s secrets', redirect(() => 'http://169.254.169.254/latest/meta-data', 307)],
  ['redirects to this machine under another name', redirect(({ inner }) => inner)],
  ['redirects to a file', redirect(() => 'file:///etc/passwd', 301)],
  ['redirects to another protocol', redirect(() => 'gopher://10.0.0.1:70/')],
  ['redirects to no address', redirect(() => 'http://[', 308)],
  ['redirects in a circle', redirect(({ own }) => own)],
  ['sends a body without end', (response) => pour(response, Buffer.alloc(MIB, ' '))],
  [
    'sends a small body that unpacks to gigabytes',
    (response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
      const packed = createGzip();
      packed.pipe(response);
      packed.on('error', () => undefined);
      response.on('close', () => packed.destroy());
      const more = (): void => {
        if (!packed.destroyed) packed.write(Buffer.alloc(MIB, ' '), more);
      };
      more();
    },
  ],
  ['sends a byte now and then, for ever', (response) => pour(response, ' ', 10)],
  ['breaks off', (response) => response.write('{"models":[', () => response.destroy())],
  [
    'breaks off before the length it announced',
    (response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{}', () => response.destroy());
    },
  ],
  [
    'sends headers without end',
    ({ socket }) => {
      const more = (): void => {
        if (socket?.destroyed === false) socket.write(`x-${'y'.repeat(8192)}: z\r\n`, more);
      };
      socket?.write('HTTP/1.1 200 OK\r\n', more);
    },
  ],
  ['speaks another protocol', ({ socket }) => socket?.end('SSH-2.0-OpenSSH_9.6\r\n')],
  ['says nothing', () => undefined],
];

/** Most that is read of an answer that has no end: what is held whole, and what lies in sockets. */
const MOST_BYTES = 96 * MIB;

/** One thing to ask a server for. */
export interface LyingServerCase {
  /**
   * Asks the server at the address, with limits of a fraction of a second. The token is to be sent along if this kind of
   * server takes one.
   */
  readonly ask: (baseUrl: string, token: string) => Promise<unknown>;
  /** What is answered honestly before the lie, by path; everything else is lied about. */
  readonly honest?: (path: string, baseUrl: string) => string | null;
  /** The answer that stands for a failure, where `ask` does not fail. */
  readonly nothing?: unknown;
}

/**
 * Servers that lie, against one kind of client: each lie ends as an error of Plimsoll's own, or as nothing, after a
 * bounded number of bytes; no redirect is followed to an address that the user did not name, and no token goes there.
 */
export function lyingServersContract(client: string, { ask, honest, nothing }: LyingServerCase): void {
  describe(`${client}, when a server lies`, () => {
    const token = 'hf_secret_4711';

    // At once, for most of them wait until a client's patience ends.
    it.concurrent.for(LIES)('that %s', async ([, lie], { expect }) => {
      const server = await startLyingServer(lie, honest);
      try {
        const outcome = await ask(server.address, token).catch((error: unknown) => error);
        if (nothing === undefined) {
          expect(outcome).toSatisfy(isPlimsollError);
          expect(outcome).not.toMatchObject({ message: expect.stringContaining(token) as string });
        } else expect(outcome).toEqual(nothing);
        expect(server.innerRequests).toEqual([]);
        server.hangUp();
        await expect.poll(() => server.sentBytes()).toBeLessThan(MOST_BYTES);
      } finally {
        await server.stop();
      }
    });
  });
}

interface LyingServer {
  readonly address: string;
  /** What another server of this machine was asked for, with the token that came along. */
  readonly innerRequests: readonly string[];
  /** Bytes that went over connections that have ended. */
  sentBytes(): number;
  hangUp(): void;
  stop(): Promise<void>;
}

async function startLyingServer(lie: Lie, honest: LyingServerCase['honest']): Promise<LyingServer> {
  const innerRequests: string[] = [];
  let sentBytes = 0;
  let places: Places = { own: '', inner: '' };
  const inner = createServer((request, response) => {
    innerRequests.push(`${request.url} ${request.headers.authorization ?? ''}`);
    response.end('{"secret":true}');
  });
  const lying = createServer((request, response) => {
    request.resume();
    response.on('error', () => undefined);
    const truth = honest?.(request.url ?? '', places.own) ?? null;
    if (truth !== null) response.end(truth);
    else void lie(response, { ...places, own: `${places.own}${request.url ?? ''}` });
  });
  lying.on('connection', (socket) => socket.on('close', () => (sentBytes += socket.bytesWritten)));
  const [own, other] = await Promise.all([lying, inner].map(listening));
  places = { own: `http://127.0.0.1:${own}`, inner: `http://localhost:${other}` };
  return {
    address: places.own,
    innerRequests,
    sentBytes: () => sentBytes,
    hangUp: () => lying.closeAllConnections(),
    stop: async () => {
      await Promise.all([lying, inner].map(stopped));
    },
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function stopped(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
