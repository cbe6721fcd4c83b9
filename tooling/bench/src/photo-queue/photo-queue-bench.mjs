import { randomFillSync } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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
    const clock = { sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
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
