import type { JobQueue, JobVerdict, WorkOptions } from '@plimsoll/domain';
import { afterEach, describe, expect, test, vi } from 'vitest';

/** What every job queue does. `open` gives an empty queue each time; the suite closes it. */
export function describeJobQueueContract(name: string, open: () => Promise<JobQueue<string>>): void {
  describe(`${name} is a JobQueue`, () => {
    let opened: JobQueue<string> | null = null;
    const stop = new Set<AbortController>();
    const working: Promise<unknown>[] = [];
    const queue = async (): Promise<JobQueue<string>> => (opened = await open());
    const work = (on: JobQueue<string>, options: Partial<WorkOptions<string>>): Promise<unknown> => {
      const own = new AbortController();
      stop.add(own);
      const done = on
        .work({ handle: async () => DONE, steady: new Map(), roams: () => false, signal: own.signal, ...options })
        .then(
          () => null,
          (error: unknown) => error,
        );
      working.push(done);
      return done;
    };
    afterEach(async () => {
      for (const own of stop) own.abort();
      await Promise.all(working.splice(0));
      await opened?.close();
      opened = null;
    });

    test('delivers each job, and knows of it until it is done', async () => {
      const jobs = await queue();
      await jobs.add('lane', [job('a'), job('b')]);
      await jobs.add('lane', [job('a')]);
      expect(await jobs.lanes()).toMatchObject([{ lane: 'lane', waiting: 2, active: 0, dead: 0, paused: false }]);
      expect(await jobs.find(['other', 'lane'], ['a', 'x'])).toEqual(new Map([['a', { kind: 'pending' }]]));
      const seen: string[] = [];
      void work(jobs, {
        steady: new Map([['lane', 2]]),
        handle: async (lane, { id, data }) => (seen.push(`${lane} ${id} ${data}`), DONE),
      });
      await vi.waitFor(async () => expect(await jobs.find(['lane'], ['a', 'b'])).toEqual(new Map()), WAIT);
      expect(seen.sort()).toEqual(['lane a data of a', 'lane b data of b']);
      await jobs.add('lane', [job('a')]);
      await vi.waitFor(() => expect(seen).toHaveLength(3), WAIT);
    });

    test('keeps what was given up, with the reason, until it is forgotten or tried again', async () => {
      const jobs = await queue();
      let failing = true;
      const dead: JobVerdict = { kind: 'dead', failure: { code: 'invalid-input', message: 'It is "broken": 🐈.' } };
      await jobs.add('lane', [job('a'), job('b')]);
      void work(jobs, { steady: new Map([['lane', 1]]), handle: async () => (failing ? dead : DONE) });
      await vi.waitFor(async () => expect(await jobs.lanes()).toMatchObject([{ dead: 2, waiting: 0 }]), WAIT);
      expect(await jobs.find(['lane'], ['a'])).toEqual(new Map([['a', { kind: 'dead', failure: dead.failure }]]));
      expect(await jobs.dead(1)).toMatchObject([{ lane: 'lane', failure: dead.failure }]);
      await jobs.forgetDead('lane', ['a', 'missing']);
      failing = false;
      expect(await jobs.retryDead()).toBe(1);
      await vi.waitFor(
        async () => expect(await jobs.lanes()).toMatchObject([{ dead: 0, waiting: 0, active: 0 }]),
        WAIT,
      );
    });

    test('tries again what failed', async () => {
      const jobs = await queue();
      let tries = 0;
      await jobs.add('lane', [job('a')]);
      void work(jobs, {
        steady: new Map([['lane', 1]]),
        handle: async () => {
          tries += 1;
          if (tries === 1) throw new Error('for a moment');
          return DONE;
        },
      });
      await vi.waitFor(async () => expect(await jobs.find(['lane'], ['a'])).toEqual(new Map()), WAIT);
      expect(tries).toBe(2);
    });

    test('works on one roaming lane at a time, until it is empty', async () => {
      const jobs = await queue();
      await jobs.add('first', [job('a'), job('b'), job('c')]);
      await jobs.add('second', [job('d'), job('e')]);
      await jobs.add('not mine', [job('f')]);
      const seen: string[] = [];
      void work(jobs, { roams: (lane) => lane !== 'not mine', handle: async (lane) => (seen.push(lane), DONE) });
      await vi.waitFor(() => expect(seen).toHaveLength(5), WAIT);
      expect(seen).toEqual(['first', 'first', 'first', 'second', 'second']);
    });

    test('a worker that refuses a lane leaves its jobs to others; one that stops says why', async () => {
      const jobs = await queue();
      await jobs.add('lane', [job('a')]);
      let refusals = 0;
      void work(jobs, { roams: () => true, handle: async () => ((refusals += 1), { kind: 'refused' }) });
      await vi.waitFor(() => expect(refusals).toBe(1), WAIT);
      const error = new Error('The model is gone.');
      expect(await work(jobs, { roams: () => true, handle: async () => ({ kind: 'stop', error }) })).toBe(error);
      const seen: string[] = [];
      void work(jobs, { roams: () => true, handle: async (_, { id }) => (seen.push(id), DONE) });
      await vi.waitFor(() => expect(seen).toEqual(['a']), WAIT);
      expect(refusals).toBe(1);
    });

    test('begins nothing while it is paused', async () => {
      const jobs = await queue();
      await jobs.add('lane', [job('a')]);
      await jobs.pause();
      const seen: string[] = [];
      void work(jobs, { steady: new Map([['lane', 1]]), handle: async (_, { id }) => (seen.push(id), DONE) });
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(seen).toEqual([]);
      expect(await jobs.lanes()).toMatchObject([{ waiting: 1, paused: true }]);
      await jobs.resume();
      await vi.waitFor(() => expect(seen).toEqual(['a']), WAIT);
    });

    test('refuses what was cancelled before', async () => {
      const jobs = await queue();
      const options = { signal: AbortSignal.abort() };
      await expect(jobs.add('lane', [job('a')], options)).rejects.toMatchObject({ code: 'cancelled' });
      await jobs.work({ handle: async () => DONE, steady: new Map(), roams: () => false, ...options });
      expect(await jobs.find(['lane'], ['a'])).toEqual(new Map());
    });
  });
}

const DONE: JobVerdict = { kind: 'done' };
const WAIT = { timeout: 15_000, interval: 50 };
const job = (id: string) => ({ id, data: `data of ${id}` });
