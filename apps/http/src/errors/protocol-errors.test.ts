import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../index.js';
import type { StartedServer } from '../index.js';
import { fakeServices } from '../../test/fake-services.js';

let server: StartedServer;
beforeAll(async () => {
  server = await startServer({ services: fakeServices(), host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

/** What the server says to these bytes, until it closes the connection. */
function said(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => (text += piece));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

const request = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${headers}\r\n`;

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400, 'invalid-input'],
  ['headers beyond the limit', request('/health', `x: ${'y'.repeat(20_000)}\r\n`), 431, 'too-large'],
  ['a path that cannot be decoded', request('/api/plimsoll/v1/%zz'), 400, 'invalid-input'],
  ['two lengths', request('/health', 'content-length: 1\r\ncontent-length: 2\r\n'), 400, 'invalid-input'],
])('%s gets an error in the documented shape', async (_, bytes, status, code) => {
  const [head = '', body = ''] = (await said(bytes)).split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head.toLowerCase()).toContain('content-type: application/json');
  expect(JSON.parse(body)).toEqual({ error: { code, message: expect.any(String) as string, hint: null } });
});
