import type { LaneState, WorkOptions } from '@plimsoll/domain';
import { UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFailure } from './job-failure.js';
import { unlessAborted } from './unless-aborted.js';

/** What working needs of the queue. */
export interface LaneAccess {
  readonly prefix: string;
  readonly lockMs: number;
  readonly mostLosses: number;
  readonly connection: () => Redis;
  readonly queueName: (lane: string) => string;
  readonly states: () => Promise<readonly LaneState[]>;
}

/** Between two looks whether another lane has jobs. */
const LOOK_MS = 500;
/** Jobs at work are waited for this long when a worker stops; Redis may be away for longer. */
const CLOSE_MS = 10_000;

/** A lane that is being worked on. */
interface OpenLane {
  readonly lane: string;
  /** Jobs at work here. */
  readonly running: () => number;
  readonly close: () => Promise<void>;
}

/** Works on the steady lanes, and on one of the others at a time, until the signal aborts or a verdict says stop. */
export async function workOnLanes<Data>(access: LaneAccess, options: WorkOptions<Data>): Promise<void> {
  const { handle, steady, roams, signal } = options;
  const refused = new Set<string>();
  const stop = new AbortController();
  const end = (): void => stop.abort();
  const ended: { error: Error | null } = { error: null };
  if (signal?.aborted === true) return;
  signal?.addEventListener('abort', end, { once: true });

  const open = (lane: string, parallel: number): OpenLane => {
    let running = 0;
    const worker = new Worker<Data>(
      access.queueName(lane),
      async (job, token) => {
        running += 1;
        try {
          const verdict = await handle(lane, { id: (job.id ?? '').slice(2), data: job.data });
          if (verdict.kind === 'done') return;
          if (verdict.kind === 'dead') throw new UnrecoverableError(encodeFailure(verdict.failure));
          if (verdict.kind === 'refused') refused.add(lane);
          if (verdict.kind === 'stop') {
            ended.error ??= verdict.error;
            stop.abort();
          }
          // Told first, so that this worker does not take the job again.
          void worker.pause(true);
          await job.moveToWait(token);
          throw new WaitingError();
        } finally {
          running -= 1;
        }
      },
      {
        connection: access.connection(),
        prefix: access.prefix,
        concurrency: parallel,
        lockDuration: access.lockMs,
        stalledInterval: access.lockMs,
        maxStalledCount: access.mostLosses,
      },
    );
    // Errors of the connection: the worker goes on when the server is back.
    worker.on('error', () => undefined);
    return {
      lane,
      running: () => running,
      close: async () => {
        await Promise.race([worker.close(), sleep(CLOSE_MS, null, { ref: false })]);
      },
    };
  };

  const opened = [...steady].map(([lane, parallel]) => open(lane, parallel));
  let roaming = null as OpenLane | null;
  try {
    while (!stop.signal.aborted) {
      // Waits as long as Redis is away; not longer than until it is to stop.
      const states = await unlessAborted(stop, access.states).catch(() => []);
      const candidates = states.filter(({ lane }) => !steady.has(lane) && !refused.has(lane) && roams(lane));
      const next = nextLane(candidates, roaming);
      if (next !== (roaming?.lane ?? null)) {
        await roaming?.close();
        roaming = next === null ? null : open(next, 1);
      }
      await sleep(LOOK_MS, null, stop).catch(() => null);
    }
  } finally {
    signal?.removeEventListener('abort', end);
    await Promise.allSettled([...opened, ...(roaming === null ? [] : [roaming])].map((lane) => lane.close()));
  }
  if (ended.error !== null) throw ended.error;
}

/** Stays where it is as long as there is work, so that a model is loaded once; else goes where most waits. */
function nextLane(states: readonly LaneState[], current: OpenLane | null): string | null {
  const own = states.find(({ lane }) => lane === current?.lane);
  if (current !== null && (current.running() > 0 || (own !== undefined && own.waiting > 0 && !own.paused))) {
    return current.lane;
  }
  const ranked = states
    .filter(({ waiting, active, delayed }) => waiting + active + delayed > 0)
    .sort((a, b) => b.waiting - a.waiting || b.active - a.active);
  const [best] = ranked;
  // What others are at work on, or wait to try again, is watched over when nothing waits anywhere.
  if (best === undefined || (best.waiting === 0 && own !== undefined)) return own?.lane ?? null;
  return best.lane;
}
