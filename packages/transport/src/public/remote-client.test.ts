import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RemoteClient } from './remote-client.js';

let server: Server;
let port: number;
let connections: number;

beforeEach(async () => {
  connections = 0;
  server = createServer((_request, response) => response.end('inside'));
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => server.close());

/** A name server whose answers change from one look to the next; the last one stays. */
const changing = (...answers: readonly string[]) => {
  let looks = 0;
  const resolve = async () => [{ address: answers[Math.min(looks++, answers.length - 1)] ?? '', family: 4 as const }];
  return { resolve, looks: () => looks };
};

describe('a name that changes what it stands for', () => {
  const url = (): URL => new URL(`http://rebound.example:${port}/`);
  const request = { maxBytes: 1000 };

  it('is looked up once for a connection: what was checked is what is connected to', async () => {
    const names = changing('127.0.0.1', '127.0.0.2');
    const client = new RemoteClient({
      allowHttp: true,
      allowPrivateAddresses: ['rebound.example'],
      resolve: names.resolve,
    });
    expect((await client.get(url(), request)).body.toString()).toBe('inside');
    expect([connections, names.looks()]).toEqual([1, 1]);
    await client.close();
  });

  it('is checked again by the next connection, after a redirect too', async () => {
    const names = changing('127.0.0.1', '127.0.0.1');
    const client = new RemoteClient({ allowHttp: true, allowPrivateAddresses: ['127.0.0.1'], resolve: names.resolve });
    server.removeAllListeners('request').on('request', (_request, response: ServerResponse) => {
      response.writeHead(302, { location: url().href }).end();
    });
    await expect(client.get(new URL(`http://127.0.0.1:${port}/`), request)).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect([connections, names.looks()]).toEqual([1, 1]);
    await client.close();
  });
});
