import { expect, test } from 'vitest';
import { EventFeed } from './event-feed.js';

const never = new AbortController().signal;

test('gives what was put, in order, and wakes for what comes', async () => {
  const feed = new EventFeed<string>();
  feed.put('a');
  feed.put('b');
  expect(await feed.next(1000, never)).toEqual({ kind: 'item', item: 'a' });
  expect(await feed.next(1000, never)).toEqual({ kind: 'item', item: 'b' });
  const next = feed.next(60_000, never);
  feed.put('c');
  expect(await next).toEqual({ kind: 'item', item: 'c' });
});

test('keeps so many for a slow reader and says how many it did not', async () => {
  const feed = new EventFeed<number>(2);
  for (const item of [1, 2, 3, 4]) feed.put(item);
  expect(await feed.next(1000, never)).toEqual({ kind: 'lost', count: 2 });
  expect(await feed.next(1000, never)).toEqual({ kind: 'item', item: 3 });
});

test('tells silence, and does not wait for a reader who has left', async () => {
  const feed = new EventFeed<number>();
  expect(await feed.next(1, never)).toEqual({ kind: 'silence' });
  const leaving = new AbortController();
  const next = feed.next(60_000, leaving.signal);
  leaving.abort();
  expect(await next).toEqual({ kind: 'silence' });
});
