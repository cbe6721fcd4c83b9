import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { locatePeer } from '@plimsoll-tooling/peers';
import { openConfig, openPlimsoll } from '@plimsoll/composition';
import { planSchema } from '@plimsoll/contract/schemas';
import { sampleModelPath } from '@plimsoll/sample-model';
import { freePort } from '@plimsoll/testing/servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../src/run-program.js';

const server = locatePeer('llama-server');
const reason = server === null ? ' (skipped: llama-server is not built, run npm run peers)' : '';
const MIB = 1024 ** 2;
/** The engine's buffers against the closed form, as a share. */
const TOLERANCE = 0.03;

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-runs-'));
  model = path.join(folder, 'fable-5m-f16.gguf');
  await copyFile(sampleModelPath(), model);
  for (const level of ['Q8_0', 'Q4_0']) expect((await plimsoll(['quantize', model, '--to', level])).code).toBe(0);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const environment = () => ({
  HOME: folder,
  XDG_CONFIG_HOME: folder,
  XDG_CACHE_HOME: folder,
  PLIMSOLL_MODELS_FOLDER: folder,
  PLIMSOLL_STORE_FILE: path.join(folder, 'measurements.db'),
});

async function plimsoll(args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  let out = '';
  const code = await runProgram(args, {
    stdin: (async function* () {})(),
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: () => true },
    env: environment(),
    signal: new AbortController().signal,
    version: '0.0.0',
    nowMs: () => performance.now(),
  });
  return { code, out };
}

/** Stands for the model itself. */
const MODEL = 'MODEL';

const POINTS: readonly (readonly string[])[] = [
  ['--level', 'F16', '--context', '256', '--kv', 'f16'],
  ['--level', 'Q8_0', '--context', '512', '--kv', 'q8_0', '--parallel', '2'],
  ['--level', 'Q4_0', '--context', '1024', '--kv', 'q8_0/q4_0'],
  ['--level', 'Q8_0', '--context', '2048', '--kv', 'q8_0', '--draft', MODEL],
];

describe.skipIf(server === null)(`llama-server takes what plan --as says${reason}`, () => {
  test.each(POINTS)('%s %s, %s %s, %s %s', { timeout: 120_000 }, async (...point) => {
    const asked = ['plan', model, '--vram', '0', ...point.map((word) => (word === MODEL ? model : word))];
    const planned = planSchema.parse(JSON.parse((await plimsoll([...asked, '--json'])).out));
    const [candidate] = planned.candidates;
    const printed = (await plimsoll([...asked, '--as', 'llama-server'])).out.trim();
    const [program, ...settings] = printed.split(' ');
    expect(program).toBe('llama-server');
    const bytes = await reportedBytes(settings);
    const expected = candidate?.footprint.total ?? 0;
    expect(Math.abs(bytes - expected) / expected, `${bytes} of ${expected} by ${printed}`).toBeLessThan(TOLERANCE);
  });
});

describe('the embedded engine takes what plan says', () => {
  // Not levels that the engine repacks for the processor, such as Q4_0: its report then counts the mapped file beside
  // the repacked copy, though hardly a page of the file stays in memory.
  test.each(['F16', 'Q8_0'] as const)('%s', { timeout: 120_000 }, async (level) => {
    const opened = await openPlimsoll({ config: openConfig({ environment: environment() }), cacheFolder: folder });
    try {
      const use = (await opened.lease()).value;
      const point = await (await use.recommending(model))?.recommend({ model, level, make: false });
      if (point === undefined || point === null || point === 'nothing-fits') throw new Error('there is no point');
      const { name } = point.candidate.variant;
      const runtime = await use.runtime();
      await runtime.load(name, point.load);
      const [resident] = await runtime.resident();
      const expected = point.candidate.footprint.totalBytes;
      expect(resident?.contextTokens).toBe(point.candidate.shape.contextTokens);
      expect(Math.abs((resident?.sizeBytes ?? 0) - expected) / expected).toBeLessThan(TOLERANCE);
    } finally {
      await opened.close();
    }
  });
});

/** Starts the server, sums the buffers that its log names until the last of them, and ends it. */
async function reportedBytes(settings: readonly string[]): Promise<number> {
  const fixed = [
    '--host',
    '127.0.0.1',
    '--port',
    String(await freePort()),
    '--no-repack',
    '--no-warmup',
    '--fit',
    'off',
    '-lv',
    '4',
  ];
  const child = spawn(server ?? '', [...settings, ...fixed, '-t', '1'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let log = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const read = (text: string): void => {
        log += text;
        if (/compute +buffer size = .*MiB/.test(log) && /listening|all slots are idle|model loaded/.test(log))
          resolve();
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('error', reject);
      void ended.then(() => reject(new Error(`llama-server ended:\n${log.slice(-2000)}`)));
    });
  } finally {
    // A request to end is lost where it comes between listening and the server's loop.
    child.kill('SIGKILL');
    await ended;
  }
  const sizes = [...log.matchAll(/(?:model|KV|compute) +buffer size = +([\d.]+) MiB/g)].map(([, size]) => Number(size));
  return sizes.reduce((sum, size) => sum + size, 0) * MIB;
}
