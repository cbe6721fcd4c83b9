import { expect, test } from 'vitest';
import { RequestQueue } from './request-queue.js';

test('lets one through at a time, in order', async () => {
  const queue = new RequestQueue(8);
  const order: number[] = [];
  let inside = 0;
  await Promise.all(
    [0, 1, 2, 3].map(async (i) => {
      const leave = await queue.enter();
      expect(++inside).toBe(1);
      await Promise.resolve();
      order.push(i);
      inside--;
      leave();
    }),
  );
  expect(order).toEqual([0, 1, 2, 3]);
  expect(queue.busy).toBe(false);
});

test('refuses more than may wait, and forgets who gave up', async () => {
  const queue = new RequestQueue(1);
  const leave = await queue.enter();
  const abort = new AbortController();
  const waiting = queue.enter(abort.signal);
  await expect(queue.enter()).rejects.toMatchObject({ code: 'busy' });
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  const next = queue.enter();
  leave();
  leave();
  (await next)();
  expect(queue.busy).toBe(false);
});
