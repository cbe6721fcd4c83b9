import { PostgresResultStore, openPostgres } from '@plimsoll/adapter-postgres';
import { createPhotoReader } from '@plimsoll/adapter-photo';
import { openJobQueue } from '@plimsoll/adapter-queue';
import { QueuePhotos, type PhotoEvaluation, type PhotoJob, type PhotoOutcome } from '@plimsoll/application';
import { systemClock } from '@plimsoll/composition';
import { startPostgres, startRedis, whyNoPostgres, whyNoRedis } from '@plimsoll/testing/servers';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { build } from 'vite';
import { afterEach, describe, expect, test } from 'vitest';

/** A whole run has 20,000: `PLIMSOLL_CHAOS_PHOTOS=20000 npm run vitest -- photos-kill`. */
const PHOTOS = Number(process.env['PLIMSOLL_CHAOS_PHOTOS'] ?? 240);
const WORKERS = 2;
const KILLS = Math.min(200, PHOTOS / 40);
const why = whyNoRedis() ?? whyNoPostgres();

describe.skipIf(why !== null)(`workers that are killed${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  test(
    `${PHOTOS} photos, workers killed at random, Redis killed once: each has exactly one result`,
    async () => {
      const home = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-kill-'));
      undo.push(() => rm(home, { recursive: true, force: true }));
      // Without persistence: what Redis held is gone, which is the harder case.
      const redis = await startRedis();
      undo.push(() => redis.stop());
      const postgres = await startPostgres();
      undo.push(() => postgres.stop());
      const database = openPostgres(postgres.url);
      undo.push(() => database.close());
      const photos = await makePhotos(home, PHOTOS);
      const program = await bundleWorker();
      undo.push(() => rm(path.dirname(program), { recursive: true, force: true }));

      let complaints = '';
      const workers = new Set<ChildProcess>();
      const startWorker = (): void => {
        const worker = spawn(process.execPath, [program, redis.url, postgres.url], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        let printed = '';
        worker.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
        workers.add(worker);
        worker.once('close', (code) => {
          workers.delete(worker);
          if (code === null) return;
          // One that starts while Redis is away ends; whoever runs workers starts it again.
          if (/does not answer/.test(printed)) startWorker();
          else complaints += printed;
        });
      };
      const killAll = async (): Promise<void> => {
        for (const worker of [...workers]) {
          // One that has ended already sends no event.
          if (worker.exitCode !== null || worker.signalCode !== null) continue;
          worker.kill('SIGKILL');
          await once(worker, 'exit');
        }
      };
      undo.push(killAll);
      const queue = await openJobQueue<PhotoJob>(redis.url);
      undo.push(() => queue.close());
      const results = new PostgresResultStore<PhotoEvaluation>(database);
      const reader = createPhotoReader();
      const evaluate = async (seen: PhotoOutcome[]): Promise<void> => {
        const queued = new QueuePhotos({ reader, model: null, results, queue, clock: systemClock });
        for await (const outcome of queued.evaluateAll(photos)) seen.push(outcome);
      };

      for (let worker = 0; worker < WORKERS; worker += 1) startWorker();
      const first: PhotoOutcome[] = [];
      const evaluating = evaluate(first);
      let [kills, restarts, killedAt] = [0, 0, 0];
      for (let finished = false; !finished;) {
        finished = await Promise.race([evaluating.then(() => true), pause(50).then(() => false)]);
        expect(complaints).toBe('');
        // By progress and not by time: on a busy machine workers would be killed before they have begun.
        if (finished || first.length - killedAt < PHOTOS / KILLS) continue;
        killedAt = first.length;
        if (restarts === 0 && first.length > PHOTOS / 3) {
          await redis.restart();
          restarts += 1;
        }
        const victim = [...workers][Math.floor(Math.random() * workers.size)];
        if (victim?.kill('SIGKILL') === true) kills += 1;
        startWorker();
      }
      expect(first.filter(({ error }) => error !== null)).toEqual([]);
      expect(first.map(({ path: file }) => file).sort()).toEqual([...photos].sort());
      const kept = 'SELECT count(*)::int AS count, max(put_at)::text AS last FROM plimsoll_results';
      const before = await database.query<{ count: number; last: string }>(kept, []);
      expect(before[0]?.count).toBe(PHOTOS);
      expect(kills).toBeGreaterThan(2);
      expect(restarts).toBe(1);

      // Nobody works now: a second run finds everything and changes nothing.
      await killAll();
      const second: PhotoOutcome[] = [];
      await evaluate(second);
      expect(second).toHaveLength(PHOTOS);
      expect(await database.query(kept, [])).toEqual(before);
    },
    240_000 + PHOTOS * 100,
  );
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The worker as one file, so that Node can run it as a process of its own, beside the native decoder. */
async function bundleWorker(): Promise<string> {
  const outDir = fileURLToPath(new URL(`../.cache/photo-worker-${process.pid}`, import.meta.url));
  // Not `import`: packages in CommonJS would be given ES modules to require.
  const conditions = ['@plimsoll/source', 'node'];
  await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions },
    ssr: { resolve: { conditions }, noExternal: true, external: ['sharp', 'exiftool-vendored', 'pg-native'] },
    build: {
      ssr: fileURLToPath(new URL('./photo-worker-child.ts', import.meta.url)),
      outDir,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'worker.mjs' } },
    },
  });
  return path.join(outDir, 'worker.mjs');
}

/** Small photos, no two alike, a thousand in a folder. */
async function makePhotos(home: string, count: number): Promise<readonly string[]> {
  const [width, height] = [96, 64];
  const photos: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const folder = path.join(home, `${Math.floor(number / 1000)}`);
    if (number % 1000 === 0) await mkdir(folder);
    const pixels = Buffer.alloc(width * height);
    for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * (3 + (number % 91)) + number) % 251;
    pixels.writeUInt32LE(number);
    const file = path.join(folder, `${number}.png`);
    await sharp(pixels, { raw: { width, height, channels: 1 } })
      .png({ compressionLevel: 1 })
      .toFile(file);
    photos.push(file);
  }
  return photos;
}
