import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createServer } from '../index.js';
import { fakeServices } from '../../test/fake-services.js';

const host = '127.0.0.1:11434';
let collector: Server | undefined;
afterEach(() => {
  collector?.closeAllConnections();
  collector?.close();
});

type Json = Readonly<Record<string, unknown>>;

/** A receiver of OTLP over HTTP, and what came, by its path. */
async function collect(): Promise<{ endpoint: string; received: Map<string, Json[]>; text: () => string }> {
  const received = new Map<string, Json[]>();
  collector = createHttpServer((incoming, response) => {
    let text = '';
    incoming.on('data', (piece: Buffer) => (text += piece.toString()));
    incoming.on('end', () => {
      const path = incoming.url ?? '';
      received.set(path, [...(received.get(path) ?? []), JSON.parse(text) as Json]);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`;
  return { endpoint, received, text: () => JSON.stringify([...received]) };
}

/** All objects below a value that have a field. */
function found(value: unknown, field: string): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap((item) => found(item, field));
  return field in value ? [value as Json, ...inside] : inside;
}

const attributesOf = ({ attributes }: Json): Json =>
  Object.fromEntries(
    (attributes as { key: string; value: Json }[]).map(({ key, value }) => [key, Object.values(value)[0]]),
  );

const ask = { method: 'POST', url: '/api/chat' } as const;
const payload = { model: 'tale:1b', messages: [{ role: 'user', content: 'a secret prompt' }], stream: false };

test('requests reach a collector as spans and metrics of the GenAI conventions, without their text', async () => {
  const { endpoint, received, text } = await collect();
  const telemetry = { endpoint, serviceName: 'test' };
  const { server } = await createServer({ services: fakeServices({ quantizationBits: 4 }), telemetry });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await server.inject({ ...ask, headers: { host, traceparent }, payload });
  await server.inject({ ...ask, headers: { host }, payload: { ...payload, model: '/etc/passwd' } });
  await server.close();

  const [good, bad] = found(received.get('/v1/traces'), 'spanId');
  expect(good).toMatchObject({
    name: 'chat tale:1b',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
    kind: 2,
  });
  expect(attributesOf(good ?? {})).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'plimsoll',
    'gen_ai.request.model': 'tale:1b',
    'gen_ai.response.model': 'tale:1b-q4_K_M',
    'gen_ai.usage.output_tokens': expect.any(Number) as number,
    'http.response.status_code': 200,
    'plimsoll.level': 'Q4_K_M',
  });
  expect(bad).toMatchObject({ name: 'chat' });
  expect(attributesOf(bad ?? {})).toMatchObject({ 'error.type': '400' });

  const metrics = found(received.get('/v1/metrics'), 'unit').map(({ name, unit }) => `${String(name)} ${String(unit)}`);
  expect(metrics).toEqual(
    expect.arrayContaining([
      'gen_ai.server.request.duration s',
      'gen_ai.server.time_to_first_token s',
      'gen_ai.client.token.usage {token}',
      'hw.gpu.memory.limit By',
    ]),
  );
  expect(text()).toContain('"stringValue":"test"');
  for (const secret of ['secret prompt', 'passwd']) expect(text()).not.toContain(secret);
});

test('a collector that is gone hinders nothing', async () => {
  const telemetry = { endpoint: 'http://127.0.0.1:1' };
  const { server } = await createServer({ services: fakeServices({ quantizationBits: 4 }), telemetry });
  const { statusCode } = await server.inject({ ...ask, headers: { host }, payload });
  expect(statusCode).toBe(200);
  await server.close();
});
