import { describeJobQueueContract } from '@plimsoll/testing';
import { freePort, startRedis, whyNoRedis } from '@plimsoll/testing/servers';
import type { RedisServer } from '@plimsoll/testing/servers';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countWords } from '../examples/count-words.js';
import { openJobQueue } from '../src/index.js';

const why = whyNoRedis();

describe.skipIf(why !== null)(`a real Redis${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let server: RedisServer;
  let number = 0;
  beforeAll(async () => {
    server = await startRedis({ persistent: true });
  });
  afterAll(() => server.stop());

  describeJobQueueContract('BullMQ over Redis', () =>
    openJobQueue(server.url, { prefix: `t${(number += 1)}`, lockMs: 1000 }),
  );

  test('what waits is there after the server was killed and started again', async () => {
    const queue = await openJobQueue<string>(server.url, { prefix: 'restart', lockMs: 1000 });
    try {
      await queue.add('lane', [{ id: 'a', data: 'x' }]);
      // What Redis has not written to the disk yet, a second at most, is lost.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await server.restart();
      expect(await queue.find(['lane'], ['a'])).toEqual(new Map([['a', { kind: 'pending' }]]));
    } finally {
      await queue.close();
    }
  });

  test('what Redis answered in part when it went away is asked again', async () => {
    let cutAfter = Number.POSITIVE_INFINITY;
    // Hands everything on, until so many bytes of answers have passed.
    const proxy = createServer((client) => {
      const redis = connect(Number(new URL(server.url).port), '127.0.0.1');
      client.on('error', () => undefined).on('close', () => redis.destroy());
      redis.on('error', () => undefined).on('close', () => client.destroy());
      client.pipe(redis);
      redis.on('data', (bytes) => {
        client.write(bytes.subarray(0, cutAfter));
        cutAfter -= bytes.length;
        if (cutAfter > 0) return;
        cutAfter = Number.POSITIVE_INFINITY;
        client.end();
      });
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const { port } = proxy.address() as AddressInfo;
    const queue = await openJobQueue<string>(`redis://127.0.0.1:${port}`, { prefix: 'cut' });
    try {
      const jobs = Array.from({ length: 300 }, (_, at) => ({ id: `id${at}`, data: 'x' }));
      for (const cut of [50, 500]) {
        cutAfter = cut;
        await queue.add('lane', jobs);
        cutAfter = cut;
        expect(
          (
            await queue.find(
              ['lane'],
              jobs.map(({ id }) => id),
            )
          ).size,
        ).toBe(300);
        expect(cutAfter).toBe(Number.POSITIVE_INFINITY);
      }
      expect(await queue.lanes()).toMatchObject([{ waiting: 300 }]);
    } finally {
      await queue.close();
      proxy.close();
    }
  });

  test('the example of the README', async () => {
    expect(await countWords(server.url, ['one', 'one two'])).toEqual([1, 2]);
  });
});

test('the README shows the example that the tests run', () => {
  const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
  expect(read('README.md')).toContain(`\`\`\`ts\n${read('examples/count-words.ts')}\`\`\``);
});

test('a server that is not there, and what is no address', async () => {
  const url = `redis://:secret@127.0.0.1:${await freePort()}`;
  const said = await openJobQueue(url).catch((error: unknown) => error);
  expect(said).toMatchObject({ code: 'backend-unreachable', message: expect.not.stringContaining('secret') as string });
  await expect(openJobQueue('http://x')).rejects.toThrow(/not the address/);
});
