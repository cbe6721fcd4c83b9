import type { CallOptions, DeadJob, JobPlace, JobQueue, LaneState, WorkOptions } from '@plimsoll/domain';
import { Queue } from 'bullmq';
import { createHash } from 'node:crypto';
import { connectRedis } from './connect-redis.js';
import { decodeFailure } from './job-failure.js';
import { resent } from './resent.js';
import { unlessAborted } from './unless-aborted.js';
import { workOnLanes } from './work-on-lanes.js';
import type { LaneAccess } from './work-on-lanes.js';

/** How jobs are kept and watched over. */
export interface JobQueueOptions {
  /** Before every key in Redis; `plimsoll` when absent. */
  readonly prefix?: string | undefined;
  /** After this time without a sign of life a worker has lost its jobs; 30 seconds when absent. */
  readonly lockMs?: number | undefined;
  /** Times that workers may die at a job; it is given up at the next. 5 when absent. */
  readonly mostLosses?: number | undefined;
}

const PREFIX = 'plimsoll';
const LOCK_MS = 30_000;
const MOST_LOSSES = 5;
/** Times that a job is tried when a worker fails at it, with growing pauses between. */
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 1000;
/** Given up jobs that are kept for each lane. */
const MOST_DEAD = 10_000;
/** Ids that are looked up in one go. */
const IDS_AT_ONCE = 500;

const JOB_OPTIONS = {
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: FIRST_PAUSE_MS },
  removeOnComplete: true,
  removeOnFail: { count: MOST_DEAD },
};

/** Opens jobs in Redis by BullMQ. @throws InvalidInputError, BackendUnreachableError */
export async function openJobQueue<Data>(url: string, options: JobQueueOptions = {}): Promise<JobQueue<Data>> {
  const { prefix = PREFIX, lockMs = LOCK_MS, mostLosses = MOST_LOSSES } = options;
  const redis = await connectRedis(url);
  const queues = new Map<string, Queue<Data>>();
  const laneNames = `${prefix}:lanes`;

  const queueOf = (lane: string): Queue<Data> => {
    const known = queues.get(lane);
    if (known !== undefined) return known;
    const queue = new Queue<Data>(queueName(lane), { connection: redis, prefix });
    queue.on('error', () => undefined);
    queues.set(lane, queue);
    return queue;
  };
  const knownLanes = async (): Promise<readonly string[]> => (await redis.smembers(laneNames)).sort();
  const stateOf = async (lane: string): Promise<LaneState> => {
    const queue = queueOf(lane);
    const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'failed');
    const { wait = 0, active = 0, delayed = 0, failed = 0 } = counts;
    return { lane, waiting: wait, active, delayed, dead: failed, paused: await queue.isPaused() };
  };
  const access: LaneAccess = {
    prefix,
    lockMs,
    mostLosses,
    connection: () => redis,
    queueName,
    states: async () => Promise.all((await knownLanes()).map(stateOf)),
  };

  /** Every one of these may be done twice: jobs are added by their ids, and the rest looks or sets. */
  const asking = <Result>(callOptions: CallOptions | undefined, work: () => Promise<Result>): Promise<Result> =>
    unlessAborted(callOptions, () => resent(work, callOptions));

  return {
    add: (lane, jobs, callOptions) =>
      asking(callOptions, async () => {
        await redis.sadd(laneNames, lane);
        await queueOf(lane).addBulk(
          jobs.map(({ id, data }) => ({
            name: 'job' as never,
            data: data as never,
            opts: { ...JOB_OPTIONS, jobId: jobId(id) },
          })),
        );
      }),
    find: (lanes, ids, callOptions) =>
      asking(callOptions, async () => {
        const places = new Map<string, JobPlace>();
        for (const lane of lanes) {
          for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
            const part = ids.slice(start, start + IDS_AT_ONCE).filter((id) => !places.has(id));
            for (const [id, place] of await findInLane(lane, part)) places.set(id, place);
          }
        }
        return places;
      }),
    forgetDead: (lane, ids, callOptions) =>
      asking(callOptions, async () => {
        const places = await findInLane(lane, ids);
        const dead = ids.filter((id) => places.get(id)?.kind === 'dead');
        for (const id of dead) await queueOf(lane).remove(jobId(id));
      }),
    work: (workOptions: WorkOptions<Data>) => workOnLanes(access, workOptions),
    lanes: (callOptions) => asking(callOptions, access.states),
    dead: (limit, callOptions) =>
      asking(callOptions, async () => {
        const found: DeadJob<Data>[] = [];
        for (const lane of await knownLanes()) {
          for (const job of await queueOf(lane).getFailed(0, limit - 1)) {
            const failure = decodeFailure(job.failedReason);
            const data = job.data as Data;
            found.push({ id: idOf(job.id ?? ''), data, lane, failure, attempts: job.attemptsMade });
          }
        }
        return found.slice(0, limit);
      }),
    retryDead: (callOptions) =>
      asking(callOptions, async () => {
        let count = 0;
        for (const { lane, dead } of await access.states()) {
          if (dead > 0) await queueOf(lane).retryJobs({ state: 'failed' });
          count += dead;
        }
        return count;
      }),
    pause: (callOptions) =>
      asking(callOptions, async () => {
        for (const lane of await knownLanes()) await queueOf(lane).pause();
      }),
    resume: (callOptions) =>
      asking(callOptions, async () => {
        for (const lane of await knownLanes()) await queueOf(lane).resume();
      }),
    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      redis.disconnect();
    },
  };

  /** One round trip for many ids: where a job is stands in its own record and in the set of given up jobs. */
  async function findInLane(lane: string, ids: readonly string[]): Promise<ReadonlyMap<string, JobPlace>> {
    if (ids.length === 0) return new Map();
    const base = `${prefix}:${queueName(lane)}`;
    const pipeline = redis.pipeline();
    for (const id of ids) {
      pipeline.exists(`${base}:${jobId(id)}`);
      pipeline.zscore(`${base}:failed`, jobId(id));
      pipeline.hget(`${base}:${jobId(id)}`, 'failedReason');
    }
    const answers = (await pipeline.exec()) ?? [];
    const values = answers.map(([error, value]) => {
      if (error !== null) throw error;
      return value;
    });
    return new Map(
      ids.flatMap((id, index): readonly (readonly [string, JobPlace])[] => {
        const [exists, failedAt, reason] = values.slice(3 * index, 3 * index + 3);
        if (exists !== 1) return [];
        if (failedAt === null) return [[id, { kind: 'pending' }]];
        return [[id, { kind: 'dead', failure: decodeFailure(typeof reason === 'string' ? reason : null) }]];
      }),
    );
  }
}

/** BullMQ takes no colons in names, and lanes are named after models. */
function queueName(lane: string): string {
  return createHash('sha256').update(lane).digest('hex').slice(0, 24);
}

/** BullMQ takes no colons and no whole numbers. */
const jobId = (id: string): string => `j-${id.replaceAll(':', '_')}`;
const idOf = (own: string): string => own.slice(2);
