import { afterEach, describe, expect, test, vi } from 'vitest';
import { Admission } from './admission.js';
import { FairQueue, OverloadedError } from './fair-queue.js';
import type { Priority } from './fair-queue.js';

afterEach(() => void vi.useRealTimers());

const who = (client: string, priority: Priority = 'normal', signal?: AbortSignal) => ({ client, priority, signal });

/** Lets one request in and has the others wait; gives the order in which they get their turns. */
async function turns(applicants: readonly (readonly [string, Priority])[]): Promise<readonly string[]> {
  const queue = new FairQueue(() => ({ concurrent: 1, mostWaiting: 100, waitMs: 60_000 }));
  const leave = await queue.enter(who('first'));
  const order: string[] = [];
  const all = applicants.map(async ([client, priority]) => {
    const done = await queue.enter(who(client, priority));
    order.push(client);
    done();
  });
  leave();
  await Promise.all(all);
  expect([queue.active, queue.waiting]).toEqual([0, 0]);
  return order;
}

describe('a queue', () => {
  test('lets clients take turns, however much one asks for', async () => {
    const greedy = Array.from({ length: 4 }, () => ['greedy', 'normal'] as const);
    expect(await turns([...greedy, ['modest', 'normal'], ['other', 'normal']])).toEqual([
      ...['greedy', 'modest', 'other', 'greedy', 'greedy', 'greedy'],
    ]);
  });

  test('lets high priority go first and low last', async () => {
    const order = await turns([
      ['batch', 'low'],
      ['person', 'normal'],
      ['owner', 'high'],
    ]);
    expect(order).toEqual(['owner', 'person', 'batch']);
  });

  test('refuses one too many, and says when to come again', async () => {
    const queue = new FairQueue(() => ({ concurrent: 1, mostWaiting: 1, waitMs: 60_000 }));
    const leave = await queue.enter(who('a'));
    const second = queue.enter(who('b'));
    const third = async (): Promise<unknown> => queue.enter(who('c'));
    const error: unknown = await third().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(OverloadedError);
    expect(error).toMatchObject({ code: 'busy', retryAfterSeconds: 1 });
    leave();
    (await second)();
    (await queue.enter(who('c')))();
  });

  test('ends a wait at its deadline', async () => {
    vi.useFakeTimers();
    const queue = new FairQueue(() => ({ concurrent: 1, mostWaiting: 9, waitMs: 5_000 }));
    const leave = await queue.enter(who('a'));
    const late = queue.enter(who('b'));
    const refused = expect(late).rejects.toMatchObject({ code: 'busy' });
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
    expect(queue.waiting).toBe(0);
    leave();
  });

  test('forgets who leaves while waiting', async () => {
    const queue = new FairQueue(() => ({ concurrent: 1, mostWaiting: 9, waitMs: 60_000 }));
    const leave = await queue.enter(who('a'));
    const gone = new AbortController();
    const waits = queue.enter(who('b', 'normal', gone.signal));
    gone.abort();
    await expect(waits).rejects.toMatchObject({ code: 'cancelled' });
    expect(queue.waiting).toBe(0);
    leave();
    leave();
    expect(queue.active).toBe(0);
  });
});

test('models do not wait for each other, and nothing is kept of one that nobody asks', async () => {
  const admission = new Admission(() => ({ concurrent: 1, mostWaiting: 512, waitMs: 280_000 }));
  const leave = await admission.enter('a', who('x'));
  const other = await admission.enter('b', who('x'));
  expect([...admission.waiting().keys()]).toEqual(['a', 'b']);
  leave();
  other();
  expect(admission.waiting().size).toBe(0);
});
