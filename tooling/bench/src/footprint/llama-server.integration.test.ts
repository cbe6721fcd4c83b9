import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { createFootprintModel, type FlashAttention, type KvCacheType } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { freePort } from '@plimsoll/testing/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locatePeer } from '../../../peers/src/locate.mjs';
import { writeGeneratedModel } from '../quality/generated-model.mjs';

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

interface BufferSizes {
  readonly weights: string;
  readonly cache: string;
  readonly compute: string;
}

/** Starts the server, waits until it tells its last buffer, and ends it. MiB as its log has them. */
async function bufferSizes(settings: readonly string[]): Promise<BufferSizes> {
  const fixed = ['--host', '127.0.0.1', '--port', String(await freePort()), '--no-repack', '--no-warmup', '-lv', '4'];
  const child = spawn(server ?? '', [...settings, ...fixed, '-t', '1'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let log = '';
  try {
    return await new Promise<BufferSizes>((resolve, reject) => {
      const read = (text: string): void => {
        log += text;
        const of = (what: string): string | undefined =>
          new RegExp(`CPU\\S* +${what} buffer size = +([\\d.]+) MiB`).exec(log)?.[1];
        const [weights, cache, compute] = [of('model'), of('KV'), of('compute')];
        if (weights !== undefined && cache !== undefined && compute !== undefined) resolve({ weights, cache, compute });
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('error', reject);
      void ended.then(() => reject(new Error(`llama-server ended before it told its buffers:\n${log.slice(-2000)}`)));
    });
  } finally {
    child.kill();
    await ended;
  }
}
