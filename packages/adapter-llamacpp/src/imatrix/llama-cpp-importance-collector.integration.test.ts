import { execFileSync } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { locatePeer } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/settings.js';
import { decodeImatrix, encodeImatrix, meanSquares } from './imatrix-file.js';
import { LlamaCppImportanceCollector } from './llama-cpp-importance-collector.js';

const quantizer = locatePeer('llama-quantize');
const TEXT = Array.from({ length: 60 }, (_, i) => `The ${i}th fox told the crow a tale of ${i * 7} grapes. `).join('');

describe('LlamaCppImportanceCollector', async () => {
  const folder = await temporaryFolder();
  const collector = new LlamaCppImportanceCollector({ modelsFolder: folder });
  const request = { model: sampleModelPath(), text: TEXT, dataset: 'foxes', windowTokens: 128, threads: 1 };

  test('sums the inputs of every matrix of every layer, and keeps them in a file of its format', async () => {
    const target = path.join(folder, 'all.gguf');
    const seen: number[] = [];
    const done = await collector.collect({ ...request, target }, { onProgress: (completed) => seen.push(completed) });
    const matrix = decodeImatrix(await readFile(target));
    expect(matrix).toMatchObject({ chunks: done.windows, chunkTokens: 128, datasets: ['foxes'] });
    expect(done).toMatchObject({ tensors: matrix.entries.size, resumedWindows: 0 });
    expect(seen).toEqual(Array.from({ length: done.windows + 1 }, (_, i) => i));
    for (const kind of ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down']) {
      const entry = matrix.entries.get(`blk.1.${kind}.weight`);
      expect([...(entry?.counts ?? [])]).toEqual([done.windows * 128]);
      expect(Math.min(...meanSquares(entry!))).toBeGreaterThan(0);
    }
    // They read the same input.
    expect(matrix.entries.get('blk.1.attn_q.weight')).toEqual(matrix.entries.get('blk.1.attn_v.weight'));
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/\.(part|progress)$/));
  });

  test('goes on from what an interrupted run kept, to the same sums', async () => {
    const whole = decodeImatrix(await readFile(path.join(folder, 'all.gguf')));
    const target = path.join(folder, 'resumed.gguf');
    const half = path.join(folder, 'half.gguf');
    // One window alone, under the identity of the whole collection: what a run that was ended there had kept.
    await collector.collect({ ...request, text: TEXT.slice(0, 600), target: half });
    const kept = decodeImatrix(await readFile(half));
    await writeFile(`${target}.progress`, encodeImatrix({ ...kept, origin: whole.origin }));
    const done = await collector.collect({ ...request, target });
    expect(kept.chunks).toBeGreaterThan(0);
    expect(done.resumedWindows).toBe(kept.chunks);
    expect((await readFile(target)).equals(await readFile(path.join(folder, 'all.gguf')))).toBe(true);
  });

  test.skipIf(quantizer === null)(
    `llama-quantize takes it for a level that needs one${quantizer === null ? ' (skipped: npm run peers has not built it)' : ''}`,
    async () => {
      const made = path.join(folder, 'peer.gguf');
      const matrix = path.join(folder, 'all.gguf');
      const log = execFileSync(quantizer!, ['--imatrix', matrix, sampleModelPath(), made, 'Q2_K_S', '1'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect(log).not.toMatch(/did not find weights for blk/);
      expect((await readFile(made)).toString('latin1', 0, 4)).toBe('GGUF');
    },
  );

  test.each([
    ['a text that is too short', { text: 'Once.' }, 'invalid-input'],
    ['a window too short for the sums', { windowTokens: 8 }, 'invalid-input'],
    ['a model that is not there', { model: 'nowhere' }, 'model-not-found'],
    ['a target in no folder', { target: path.join(folder, 'none', 'x.gguf') }, 'storage-failed'],
  ])('%s is refused', async (_, change, code) => {
    const work = collector.collect({ ...request, target: path.join(folder, 'refused.gguf'), ...change });
    await expect(work).rejects.toMatchObject({ code });
  });

  test('cancelled, it leaves no file', async () => {
    const abort = new AbortController();
    const target = path.join(folder, 'cancelled.gguf');
    const work = collector.collect(
      { ...request, target },
      { signal: abort.signal, onProgress: (done) => done === 2 && abort.abort() },
    );
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(folder)).not.toContain('cancelled.gguf');
  });

  test('a damaged file is refused', async () => {
    const whole = await readFile(path.join(folder, 'all.gguf'));
    for (const bytes of [whole.subarray(0, 2_000), Buffer.from('GGUF'), await readFile(sampleModelPath())]) {
      expect(() => decodeImatrix(bytes)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    }
  });
});
