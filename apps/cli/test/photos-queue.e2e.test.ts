import { startPostgres, startRedis, whyNoPostgres, whyNoRedis } from '@plimsoll/testing/servers';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPostgres } from '@plimsoll/adapter-postgres';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';

/** The whole run, described in docs/photos.md, has 20,000; it takes some minutes of two cores. */
const PHOTOS = Number(process.env['PLIMSOLL_CHAOS_PHOTOS'] ?? 400);
const WORKERS = 3;
const program = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const why = whyNoRedis() ?? whyNoPostgres();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(why !== null)(`workers that are killed${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  test(
    `${PHOTOS} photos, workers killed at random, Redis killed once: each has exactly one result`,
    async () => {
      const home = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-chaos-'));
      undo.push(() => rm(home, { recursive: true, force: true }));
      // Without persistence: what Redis held is gone, which is the harder case.
      const redis = await startRedis();
      undo.push(() => redis.stop());
      const postgres = await startPostgres();
      undo.push(() => postgres.stop());
      const database = openPostgres(postgres.url);
      undo.push(() => database.close());
      const folder = path.join(home, 'photos');
      await makePhotos(folder, PHOTOS);
      const env = {
        ...{
          PATH: process.env['PATH'] ?? '',
          HOME: home,
          XDG_CONFIG_HOME: home,
          XDG_DATA_HOME: home,
          XDG_CACHE_HOME: home,
        },
        ...{ PLIMSOLL_QUEUE_URL: redis.url, PLIMSOLL_STORE_URL: postgres.url },
      };

      const workers = new Set<ChildProcess>();
      const startWorker = (): void => {
        const args = [program, 'photos', 'workers', '--pixels-only', '--lost-after', '1'];
        const worker = spawn(process.execPath, args, { env, stdio: 'ignore' });
        workers.add(worker);
        worker.once('exit', () => workers.delete(worker));
      };
      undo.push(async () => {
        for (const worker of workers) {
          worker.kill('SIGKILL');
          await once(worker, 'exit');
        }
      });
      for (let worker = 0; worker < WORKERS; worker += 1) startWorker();

      const evaluating = evaluate(folder, env);
      let [kills, restarts] = [0, 0];
      const done = async (): Promise<number> => {
        const [row] = await database.query<{ count: string }>('SELECT count(*) AS count FROM plimsoll_results', []);
        return Number(row?.count ?? 0);
      };
      for (let finished = false; !finished;) {
        finished = await Promise.race([
          evaluating.then(() => true),
          pause(300 + Math.random() * 1200).then(() => false),
        ]);
        if (finished) break;
        if (restarts === 0 && (await done()) > PHOTOS / 3) {
          await redis.restart();
          restarts += 1;
        }
        const victim = [...workers][Math.floor(Math.random() * workers.size)];
        if (victim?.kill('SIGKILL') === true) kills += 1;
        while (workers.size < WORKERS + 1) startWorker();
      }

      const first = await evaluating;
      expect(first.code, first.stderr).toBe(0);
      const { photos, unreadable } = JSON.parse(first.stdout) as { photos: { path: string }[]; unreadable: number };
      expect(unreadable).toBe(0);
      expect(new Set(photos.map(({ path: file }) => file)).size).toBe(PHOTOS);
      expect(await done()).toBe(PHOTOS);
      expect(kills).toBeGreaterThan(0);
      expect(restarts).toBe(1);

      // Nobody works now: a second run finds everything and changes nothing.
      for (const worker of [...workers]) {
        worker.kill('SIGKILL');
        await once(worker, 'exit');
      }
      const last = 'SELECT max(put_at)::text AS at, count(*)::text AS count FROM plimsoll_results';
      const before = await database.query(last, []);
      expect((await evaluate(folder, env)).stdout).toBe(first.stdout);
      expect(await database.query(last, [])).toEqual(before);
    },
    120_000 + PHOTOS * 60,
  );
});

async function evaluate(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [program, 'photos', 'evaluate', folder, '--json'], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Small photos, no two alike, a thousand in a folder. */
async function makePhotos(folder: string, count: number): Promise<void> {
  const [width, height] = [96, 64];
  for (let number = 0; number < count; number += 1) {
    const place = path.join(folder, `${Math.floor(number / 1000)}`.padStart(3, '0'));
    if (number % 1000 === 0) await mkdir(place, { recursive: true });
    const pixels = Buffer.from(
      Array.from({ length: width * height }, (_, at) => (at * (3 + (number % 91)) + number) % 251),
    );
    pixels.writeUInt32LE(number);
    const image = sharp(pixels, { raw: { width, height, channels: 1 } });
    await image.png({ compressionLevel: 1 }).toFile(path.join(place, `${number}.png`));
  }
}
