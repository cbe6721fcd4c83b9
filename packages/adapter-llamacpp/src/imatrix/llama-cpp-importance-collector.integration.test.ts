import { execFileSync } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { locatePeer, shippedPeer } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { writeShallowModel } from '@plimsoll/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/settings.js';
import { readMatrix } from '../host/read-importance.js';
import { LlamaCppVariantBuilder } from '../quantize/llama-cpp-variant-builder.js';
import { decodeImatrix, encodeImatrix, meanSquares } from './imatrix-file.js';
import { LlamaCppImportanceCollector } from './llama-cpp-importance-collector.js';

const quantizer = locatePeer('llama-quantize');
/** The peer is built when it is first asked for, which takes a compiler. */
const peer = (() => {
  try {
    return shippedPeer('llama-imatrix');
  } catch {
    return null;
  }
})();
const skipped = peer === null ? ' (skipped: llama-imatrix cannot be built here)' : '';
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

  test.skipIf(peer === null)(`agrees with llama-imatrix on the same text${skipped}`, async () => {
    const text = path.join(folder, 'foxes.txt');
    await writeFile(text, TEXT);
    for (const name of ['peer.gguf', 'peer.dat']) {
      const out = path.join(folder, name);
      const args = ['-m', sampleModelPath(), '-f', text, '-o', out, '-c', '128', '-b', '128', '-ub', '128', '-t', '1'];
      const format = name.endsWith('.dat') ? ['--output-format', 'dat'] : [];
      execFileSync(peer!.program, [...args, ...format, '-ngl', '0', '--no-ppl'], {
        cwd: peer!.folder,
        env: peer!.environment,
        stdio: 'ignore',
      });
      const theirs = readMatrix(out);
      const ours = readMatrix(path.join(folder, 'all.gguf'));
      expect([...theirs.entries.keys()].sort()).toEqual([...ours.entries.keys()].sort());
      expect(theirs.chunks).toBe(ours.chunks);
      let worst = 0;
      for (const [tensor, entry] of theirs.entries) {
        const [a, b] = [meanSquares(entry), meanSquares(ours.entries.get(tensor)!)];
        expect(a.length).toBe(b.length);
        a.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - b[i]!) / value)));
      }
      expect(worst).toBeLessThan(1e-3);
    }
  });

  test('is found again in the cache, by model, text and window', async () => {
    const caching = new LlamaCppImportanceCollector({ modelsFolder: folder, cacheFolder: path.join(folder, 'cache') });
    const first = await caching.collect(request);
    const again = await caching.collect(request);
    expect(first.resumedWindows).toBe(0);
    expect(again).toEqual({ ...first, resumedWindows: first.windows });
    expect((await caching.collect({ ...request, windowTokens: 64 })).path).not.toBe(first.path);
    await caching.close();
  });

  test('the legacy format holds the same means', async () => {
    const all = path.join(folder, 'all.gguf');
    const legacy = path.join(folder, 'all.dat');
    const summary = await collector.copy(all, legacy);
    const [a, b] = [readMatrix(all), readMatrix(legacy)];
    expect(await collector.read(legacy)).toEqual({ ...summary, windowTokens: 0 });
    for (const [tensor, entry] of a.entries) {
      const means = meanSquares(b.entries.get(tensor)!);
      meanSquares(entry).forEach((value, i) => expect(means[i]).toBeCloseTo(value, 4));
    }
    for (const bytes of [(await readFile(legacy)).subarray(0, 3_000), Buffer.alloc(100), Buffer.alloc(0)]) {
      const damaged = path.join(folder, 'damaged.dat');
      await writeFile(damaged, bytes);
      await expect(collector.read(damaged)).rejects.toMatchObject({ code: 'invalid-input' });
    }
  });

  // Two layers are enough for each rule of a preset to hold of one, and not of the other.
  const source = path.join(folder, 'shallow.gguf');
  const importanceMatrix = path.join(folder, 'shallow-matrix.gguf');
  beforeAll(async () => {
    await writeShallowModel(sampleModelPath(), source, 2);
    await collector.collect({ ...request, model: source, target: importanceMatrix });
  });

  test.skipIf(quantizer === null).each(['IQ2_XXS', 'Q2_K_S', 'Q3_K_M', 'IQ4_XS'] as const)(
    `%s with a matrix equals what llama-quantize --imatrix writes, byte for byte${quantizer === null ? ' (skipped: npm run peers has not built it)' : ''}`,
    async (level) => {
      const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
      const theirs = path.join(folder, `theirs-${level}.gguf`);
      // The file names the matrix as it was named.
      const args = ['--imatrix', path.basename(importanceMatrix), source, theirs, level, '1'];
      execFileSync(quantizer!, args, { cwd: folder, stdio: 'ignore' });
      const build = { source, target: `ours-${level}`, level, importanceMatrix };
      const built = await builder.build(build);
      expect((await readFile(built.path!)).equals(await readFile(theirs))).toBe(true);
      expect(await builder.dryRun(build)).toEqual({ sizeBytes: built.sizeBytes });
      await builder.close();
    },
  );

  test("another model's matrix is refused before anything is written", async () => {
    const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
    const ours = readMatrix(path.join(folder, 'all.gguf'));
    const entry = { sums: Float32Array.of(1, 2), counts: Float32Array.of(1) };
    const strangers = {
      names: new Map([['blk.0.attn_qkv.weight', entry]]),
      sizes: new Map([...ours.entries].map(([name]) => [name, entry])),
    };
    for (const [name, entries] of Object.entries(strangers)) {
      const file = path.join(folder, `${name}.gguf`);
      await writeFile(file, encodeImatrix({ ...ours, entries }));
      const build = { source: sampleModelPath(), target: 'refused', level: 'Q4_K_M', importanceMatrix: file } as const;
      await expect(builder.build(build)).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringContaining('another model') as string,
      });
    }
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^refused/));
    await builder.close();
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
