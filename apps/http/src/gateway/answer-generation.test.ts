import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fakeServices } from '../../test/fake-services.js';
import type { FakeServices } from '../../test/fake-services.js';
import { gatedRuntime } from '../../test/gated-runtime.js';
import { createServer } from '../server/create-server.js';
import type { CreatedServer } from '../server/create-server.js';

let created: CreatedServer | undefined;
afterEach(async () => {
  await created?.server.close();
  created = undefined;
});

/** A client of a server that listens, and what holds up the server's way to its backend. */
async function clientOf(services: FakeServices, stream: boolean) {
  const door = { asked: 0, open: (): void => undefined };
  const opened = new Promise<void>((resolve) => {
    door.open = resolve;
  });
  const backend = async (): ReturnType<FakeServices['backend']> => {
    const lease = await services.backend();
    door.asked += 1;
    await opened;
    return lease;
  };
  created = await createServer({ services: { ...services, backend } });
  await created.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = created.server.server.address() as AddressInfo;
  const client = request({ host: '127.0.0.1', port, method: 'POST', path: '/api/chat' });
  client.on('error', () => undefined);
  client.end(JSON.stringify({ model: 'tale:1b', stream, messages: [{ role: 'user', content: 'Hi' }] }));
  const left = vi.fn();
  created.server.server.on('connection', (socket: NodeJS.EventEmitter) => socket.once('close', left));
  const leave = async (): Promise<void> => {
    client.destroy();
    await vi.waitFor(() => expect(left).toHaveBeenCalled(), { interval: 1 });
  };
  return { client, door, leave, running: created.running };
}

describe.each([
  ['a stream', true],
  ['a whole answer', false],
])('a client that leaves before %s', (_what, stream) => {
  test('while the backend is opened, holds nothing and starts nothing', async () => {
    const gate = gatedRuntime();
    const services = fakeServices({}, gate.runtime);
    const { door, leave, running } = await clientOf(services, stream);
    await vi.waitFor(() => expect(door.asked).toBe(1), { interval: 1 });
    await leave();
    door.open();
    await vi.waitFor(() => expect(services.state.leases).toBe(0), { interval: 1 });
    expect(running.count).toBe(0);
    expect(gate.seen.started).toBe(0);
  });

  test('while the model says nothing yet, ends the generation and gives the backend back', async () => {
    const gate = gatedRuntime();
    const services = fakeServices({}, gate.runtime);
    const { door, leave, running } = await clientOf(services, stream);
    door.open();
    await vi.waitFor(() => expect(gate.seen.started).toBe(1), { interval: 1 });
    expect(running.count).toBe(1);
    await leave();
    await vi.waitFor(() => expect(services.state.leases).toBe(0), { interval: 1 });
    await vi.waitFor(() => expect(gate.seen.cancelled).toBe(1), { interval: 1 });
    expect(running.count).toBe(0);
  });
});
