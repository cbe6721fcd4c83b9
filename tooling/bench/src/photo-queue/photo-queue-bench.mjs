import { randomFillSync } from 'node:crypto';
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresResultStore, openPostgres } from '@plimsoll/adapter-postgres';
import { createPhotoReader } from '@plimsoll/adapter-photo';
import { openJobQueue } from '@plimsoll/adapter-queue';
import { QueuePhotos, WorkOnPhotos } from '@plimsoll/application';
import { startPostgres, startRedis, whyNoPostgres, whyNoRedis } from '@plimsoll/testing/servers';
import { Redis } from 'ioredis';
import sharp from 'sharp';
import { simulateFarm } from './growth.mjs';

const WORKERS = [1, 10, 100, 1000];
/** Worker processes on this machine, whose throughput is measured. */
const PROCESSES = [1, 2, 3, 4];
const PHOTO_EDGE = 3000;
const LIBRARY = 100_000_000;
/** A technical pass on 24 MP, as `bench photos` measures it, and a model of seconds: both are stated in the rows. */
const PIXELS_SECONDS = 0.16;
const MODEL_SECONDS = 1;
const DATABASE_CORES = 8;
const SURVIVORS = 0.6;
/** A 24 MP JPEG of 10 MB over a link of 10 Gbit/s. */
const DIGEST_SECONDS = 10e6 / 1.25e9;

/**
 * What one photo costs Redis and PostgreSQL, in processor time, which other programs do not change; then how a farm
 * with these costs grows to 1,000 workers, by simulation. Options: `photos` (default 500).
 */
export async function* bench({ photos = 500 } = {}) {
  const why = whyNoRedis() ?? whyNoPostgres();
  if (why !== null) {
    yield { what: `not measured: ${why}` };
    return;
  }
  const perPhoto = await measureOnePhoto(photos);
  yield {
    what: 'processor time and commands for one photo by pixels',
    ...perPhoto,
    source: `${photos} small photos, one worker`,
  };
  for await (const row of measureWorkers(Math.max(40, Math.floor(photos / 5)))) yield row;
  // A photo by pixels makes two visits to Redis and two to PostgreSQL.
  const costs = {
    ...{ digest: DIGEST_SECONDS, pixels: PIXELS_SECONDS, model: MODEL_SECONDS },
    ...{ redis: perPhoto.redisMs / 2000, database: perPhoto.databaseMs / 2000 },
  };
  for (const producers of [1, 16]) {
    for (const workers of WORKERS) {
      const farm = { workers, producers, databaseCores: DATABASE_CORES, survivors: SURVIVORS, costs };
      const { photosPerSecond, bound, busy } = simulateFarm(farm);
      const daysForLibrary = LIBRARY / photosPerSecond / 86_400;
      yield { what: 'simulated farm', workers, producers, photosPerSecond, bound, busy, daysForLibrary, costs };
    }
  }
}

/** Photos a second by the number of worker processes, on the same photos of 6 MP. */
async function* measureWorkers(count) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-workers-'));
  const redis = await startRedis({ persistent: true });
  const postgres = await startPostgres({ durable: true });
  const database = openPostgres(postgres.url);
  const queue = await openJobQueue(redis.url);
  const reader = createPhotoReader();
  const children = [];
  try {
    const paths = await largePhotos(folder, count);
    const results = new PostgresResultStore(database);
    await results.get('opens the tables');
    let alone = null;
    for (const processes of PROCESSES) {
      while (children.length < processes) {
        const child = fork(new URL('./worker.mjs', import.meta.url), [redis.url, postgres.url]);
        children.push(child);
        await once(child, 'message');
      }
      const queued = new QueuePhotos({ reader, model: null, results, queue, clock });
      const startedAt = performance.now();
      let outcomes = 0;
      for await (const { error } of queued.evaluateAll(paths, { fresh: true })) {
        if (error !== null) throw new Error(error.message);
        outcomes += 1;
      }
      const photosPerSecond = (1000 * outcomes) / (performance.now() - startedAt);
      alone ??= photosPerSecond;
      const machine = { cores: availableParallelism(), load: loadavg()[0] };
      yield {
        what: 'workers on one machine',
        processes,
        photosPerSecond,
        overOne: photosPerSecond / alone,
        ...machine,
      };
    }
  } finally {
    for (const child of children) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    await queue.close();
    await database.close();
    await reader.close();
    await Promise.all([redis.stop(), postgres.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** JPEGs that differ in a few bytes behind their end, which decoders pass over and digests do not. */
async function largePhotos(folder, count) {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 };
  const size = { width: PHOTO_EDGE, height: (2 * PHOTO_EDGE) / 3 };
  const jpeg = await sharp({ create: { ...size, channels: 3, background: '#808080', noise } })
    .blur(3)
    .jpeg()
    .toBuffer();
  const paths = [];
  for (let number = 0; number < count; number += 1) {
    const path = join(folder, `${number}.jpg`);
    await writeFile(path, Buffer.concat([jpeg, Buffer.from(`${number}`)]));
    paths.push(path);
  }
  return paths;
}

const clock = { sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

async function measureOnePhoto(count) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-queue-'));
  const redis = await startRedis({ persistent: true });
  const postgres = await startPostgres({ durable: true });
  const database = openPostgres(postgres.url);
  const queue = await openJobQueue(redis.url);
  const client = new Redis(redis.url);
  const reader = createPhotoReader();
  const stop = new AbortController();
  try {
    const paths = [];
    for (let number = 0; number < count; number += 1) {
      const path = join(folder, `${number}.png`);
      const raw = randomFillSync(Buffer.alloc(96 * 64));
      await writeFile(
        path,
        await sharp(raw, { raw: { width: 96, height: 64, channels: 1 } })
          .png()
          .toBuffer(),
      );
      paths.push(path);
    }
    const results = new PostgresResultStore(database);
    await results.get('opens the tables');
    const working = new WorkOnPhotos({ reader, model: null, results, queue }).work({ signal: stop.signal });
    const before = await usage(client, postgres.url);
    const startedAt = performance.now();
    let outcomes = 0;
    for await (const { error } of new QueuePhotos({ reader, model: null, results, queue, clock }).evaluateAll(paths)) {
      if (error !== null) throw new Error(error.message);
      outcomes += 1;
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const after = await usage(client, postgres.url);
    stop.abort();
    await working;
    const each = (name) => (after[name] - before[name]) / outcomes;
    return {
      ...{ redisMs: each('redisMs'), redisCommands: each('redisCommands'), databaseMs: each('databaseMs') },
      photosPerSecond: outcomes / seconds,
    };
  } finally {
    stop.abort();
    client.disconnect();
    await queue.close();
    await database.close();
    await reader.close();
    await Promise.all([redis.stop(), postgres.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Processor time that the servers have used so far, milliseconds, and Redis's commands. */
async function usage(client, postgresUrl) {
  const info = await client.info();
  const number = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? Number.NaN);
  const port = new URL(postgresUrl).port;
  const listed = execFileSync('ps', ['-eo', 'pid=,ppid=,cputimes=,args='], { encoding: 'utf8' }).split('\n');
  const rows = listed.map((line) => line.trim().split(/\s+/));
  const server = rows.find((row) => row[3]?.endsWith('postgres') && row.join(' ').includes(`-p ${port} `))?.[0];
  const ids = rows.filter(([pid, parent]) => pid === server || parent === server).map(([pid]) => pid);
  return {
    redisMs: 1000 * (number('used_cpu_sys') + number('used_cpu_user')),
    redisCommands: number('total_commands_processed'),
    databaseMs: await ticksOf(ids),
  };
}

/** `ps` counts whole seconds; the kernel's ticks are hundredths. Backends that ended are counted by their parent. */
async function ticksOf(ids) {
  const { readFile } = await import('node:fs/promises');
  const MS_PER_TICK = 10;
  let ticks = 0;
  for (const id of ids) {
    const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // utime, stime, and those of children that ended
    for (const field of fields.slice(11, 15)) ticks += Number(field);
  }
  return ticks * MS_PER_TICK;
}
