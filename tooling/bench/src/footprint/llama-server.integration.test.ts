import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import {
  OWN_PREDICTION_LAYERS,
  createFootprintModel,
  createLoadedModel,
  type FlashAttention,
  type KvCacheType,
} from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { freePort } from '@plimsoll/testing/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locatePeer } from '../../../peers/src/locate.mjs';
import { writeGeneratedModel } from '../quality/generated-model.mjs';
import { writeGenerated } from './generated-architectures.mjs';

const server = locatePeer('llama-server');
const reason = server === null ? ' (skipped: llama-server is not built, run npm run peers)' : '';
const MIB = 1024 ** 2;

interface Case {
  readonly model: 'sample' | 'wide' | 'deep';
  readonly contextTokens: number;
  readonly parallel: number;
  readonly cache: KvCacheType;
  readonly flashAttention: FlashAttention;
}

const CASES: readonly Case[] = [
  { model: 'sample', contextTokens: 256, parallel: 1, cache: 'f16', flashAttention: 'on' },
  { model: 'sample', contextTokens: 256, parallel: 2, cache: 'q8_0', flashAttention: 'on' },
  { model: 'wide', contextTokens: 1024, parallel: 1, cache: 'q8_0', flashAttention: 'on' },
  { model: 'wide', contextTokens: 768, parallel: 1, cache: 'f16', flashAttention: 'off' },
  { model: 'deep', contextTokens: 1024, parallel: 1, cache: 'f16', flashAttention: 'on' },
  { model: 'deep', contextTokens: 512, parallel: 2, cache: 'q4_0', flashAttention: 'on' },
];

/** What a user sees in memory is what the plan said: the real server, its own account of its buffers. */
describe.skipIf(server === null)(`what llama-server takes is what a plan says${reason}`, () => {
  const paths = { sample: sampleModelPath(), wide: '', deep: '' };
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-server-'));
    paths.wide = join(folder, 'wide.gguf');
    paths.deep = join(folder, 'deep.gguf');
    const tokenizerOf = sampleModelPath();
    await writeGeneratedModel(paths.wide, { tokenizerOf, layers: 3, width: 512, feedForward: 1536 });
    await writeGeneratedModel(paths.deep, { tokenizerOf, layers: 12, width: 256, feedForward: 704 });
  }, 60_000);
  afterAll(async () => rm(folder, { recursive: true }));

  it.each(CASES)(
    '$model, $parallel × $contextTokens tokens of $cache, flash attention $flashAttention',
    { timeout: 60_000 },
    async ({ model, contextTokens, parallel, cache, flashAttention }) => {
      const path = paths[model];
      const { header } = await new FileModelInspector().inspect({ kind: 'file', path });
      const { host, totalBytes } = createFootprintModel(header).footprint('file', {
        contextTokens,
        parallel,
        microBatchTokens: 512,
        keyCacheType: cache,
        valueCacheType: cache,
        flashAttention,
        placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
      });
      const context = [`-c`, String(contextTokens * parallel), '-np', String(parallel)];
      const types = ['-ctk', cache, '-ctv', cache, '-fa', flashAttention];
      const seen = await bufferSizes(['-m', path, ...context, ...types]);
      // The log tells hundredths of a MiB.
      expect(seen.weights).toBe((host.weightsBytes / MIB).toFixed(2));
      expect(seen.cache).toBe((host.kvCacheBytes / MIB).toFixed(2));
      const total = Number(seen.weights) + Number(seen.cache) + Number(seen.compute);
      expect(Math.abs(total * MIB - totalBytes) / totalBytes).toBeLessThanOrEqual(0.03);
    },
  );
});

// A sequence drafts three tokens, whose logits the model checks at once with its own.
describe.skipIf(server === null)(`prediction layers in llama-server${reason}`, () => {
  it('take weights and a second cache only where they draft', { timeout: 90_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-server-mtp-'));
    try {
      const path = join(folder, 'mimo2.gguf');
      await writeGenerated(path, 'mimo2', { tokenizerOf: sampleModelPath() });
      const { header } = await new FileModelInspector().inspect({ kind: 'file', path });
      const shape = {
        contextTokens: 512,
        parallel: 2,
        microBatchTokens: 512,
        keyCacheType: 'f16',
        valueCacheType: 'f16',
        flashAttention: 'on',
        placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
      } as const;
      const settings = ['-m', path, '-c', '1024', '-np', '2', '-fa', 'on', '--fit', 'off'];
      for (const draft of [undefined, OWN_PREDICTION_LAYERS] as const) {
        const { host, totalBytes } = createLoadedModel(header, { draft }).footprint('file', shape);
        const flags = draft === undefined ? [] : ['--spec-type', 'draft-mtp'];
        const seen = await allBuffers([...settings, ...flags]);
        expect(seen.weights.toFixed(2)).toBe((host.weightsBytes / MIB).toFixed(2));
        const second = draft === undefined ? 0 : 512 * 2 * (6 + 6) * 64 * 2;
        expect(seen.cache).toBeCloseTo((host.kvCacheBytes + second) / MIB, 2);
        const total = (seen.weights + seen.cache + seen.compute) * MIB;
        expect(totalBytes / total, JSON.stringify({ seen, host })).toBeGreaterThan(0.99);
        expect(totalBytes / total, JSON.stringify({ seen, host })).toBeLessThan(1.05);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

interface BufferSizes {
  readonly weights: string;
  readonly cache: string;
  readonly compute: string;
}

/** Starts the server, waits until it tells its last buffer, and ends it. MiB as its log has them. */
async function bufferSizes(settings: readonly string[]): Promise<BufferSizes> {
  return logged(settings, (log) => {
    const of = (what: string): string | undefined =>
      new RegExp(`CPU\\S* +${what} buffer size = +([\\d.]+) MiB`).exec(log)?.[1];
    const [weights, cache, compute] = [of('model'), of('KV'), of('compute')];
    return weights === undefined || cache === undefined || compute === undefined ? null : { weights, cache, compute };
  });
}

/** The sums of all buffers, MiB: scratch memory once for each context, however often it is laid out. */
async function allBuffers(
  settings: readonly string[],
): Promise<{ readonly weights: number; readonly cache: number; readonly compute: number }> {
  return logged(settings, (log) => {
    if (!/all slots are idle|listening/.test(log)) return null;
    const contexts = log.split('creating MTP draft context');
    const of = (text: string, what: string): readonly number[] =>
      [...text.matchAll(new RegExp(`CPU\\S* +${what} buffer size = +([\\d.]+) MiB`, 'g'))].map(([, size]) =>
        Number(size),
      );
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    return {
      weights: sum(of(log, 'model')),
      cache: sum(of(log, 'KV')),
      compute: sum(contexts.map((context) => of(context, 'compute').at(-1) ?? 0)),
    };
  });
}

/** Starts the server, waits until `read` makes something of its log, and ends it. */
async function logged<Found>(settings: readonly string[], read: (log: string) => Found | null): Promise<Found> {
  const fixed = ['--host', '127.0.0.1', '--port', String(await freePort()), '--no-repack', '--no-warmup', '-lv', '4'];
  const child = spawn(server ?? '', [...settings, ...fixed, '-t', '1'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let log = '';
  try {
    return await new Promise<Found>((resolve, reject) => {
      const take = (text: string): void => {
        log += text;
        const found = read(log);
        if (found !== null) resolve(found);
      };
      child.stdout.setEncoding('utf8').on('data', take);
      child.stderr.setEncoding('utf8').on('data', take);
      child.once('error', reject);
      void ended.then(() => reject(new Error(`llama-server ended before it told its buffers:\n${log.slice(-2000)}`)));
    });
  } finally {
    // A request to end is lost where it comes between listening and the server's loop.
    child.kill('SIGKILL');
    await ended;
  }
}
