import { expect, test } from 'vitest';
import { RequestQueue } from './request-queue.js';

const entered = async (queue: RequestQueue, signal?: AbortSignal): Promise<() => void> => {
  const leave = await queue.enter(signal);
  if (leave === null) throw new Error('turned away');
  return leave;
};

test.each([1, 3])('lets %i through at a time, in order', async (places) => {
  const queue = new RequestQueue(8, places);
  const order: number[] = [];
  let inside = 0;
  await Promise.all(
    [0, 1, 2, 3, 4].map(async (i) => {
      const leave = await entered(queue);
      expect(++inside).toBeLessThanOrEqual(places);
      await Promise.resolve();
      order.push(i);
      inside--;
      leave();
    }),
  );
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(queue.busy).toBe(false);
});

test('refuses more than may wait, and forgets who gave up', async () => {
  const queue = new RequestQueue(1);
  const leave = await entered(queue);
  const abort = new AbortController();
  const waiting = queue.enter(abort.signal);
  await expect(queue.enter()).rejects.toMatchObject({ code: 'busy' });
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  const next = entered(queue);
  leave();
  leave();
  (await next)();
  expect(queue.busy).toBe(false);
});

test('closed, it turns away who waits and who comes, and says when it is empty', async () => {
  const queue = new RequestQueue(8);
  const leave = await entered(queue);
  const waiting = queue.enter();
  queue.close();
  expect(await waiting).toBeNull();
  expect(await queue.enter()).toBeNull();
  let empty = false;
  const emptied = queue.empty().then(() => (empty = true));
  await Promise.resolve();
  expect(empty).toBe(false);
  leave();
  await emptied;
  await queue.empty();
});
