import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { RunningRequests } from './running-requests.js';

/** As much of an answer as is looked at. */
function answer(state: { writableFinished?: boolean; destroyed?: boolean } = {}): ServerResponse {
  const raw = Object.assign(new EventEmitter(), { writableFinished: false, destroyed: false, ...state });
  return raw as unknown as ServerResponse;
}

test('a client that leaves stops its request: what listens is told once, and so is a signal', () => {
  const raw = answer();
  const request = new RunningRequests().begin({ raw });
  let told = 0;
  request.addEventListener('abort', () => (told += 1));
  const { signal } = request;

  raw.emit('close');
  request.stop();

  expect({ told, aborted: request.aborted, signal: signal.aborted }).toEqual({ told: 1, aborted: true, signal: true });
});

test('a signal that is asked for after its request was stopped has aborted', () => {
  const request = new RunningRequests().begin({ raw: answer({ destroyed: true }) });

  expect(request.signal.aborted).toBe(true);
});

test('what listens no more is not told, and an answer that is complete stops nothing', () => {
  const raw = answer({ writableFinished: true });
  const request = new RunningRequests().begin({ raw });
  let told = 0;
  const listener = (): void => void (told += 1);
  request.addEventListener('abort', listener);

  raw.emit('close');
  expect(request.aborted).toBe(false);

  request.removeEventListener('abort', listener);
  request.stop();
  expect(told).toBe(0);
});

test('a shutdown stops what runs, and not what is over', () => {
  const running = new RunningRequests();
  const [over, going] = [running.begin({ raw: answer() }), running.begin({ raw: answer() })];
  over.done();
  expect(running.count).toBe(1);

  running.abortAll();

  expect([over.aborted, going.aborted]).toEqual([false, true]);
});
