import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { locatePeer } from '@plimsoll-tooling/peers';
import type { BuildProgress, Level } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/settings.js';
import { fileDigest } from '@plimsoll/local-models';
import { LlamaCppVariantBuilder } from './llama-cpp-variant-builder.js';

/** Sizes from the sample model's card. */
const CARD_SIZES: readonly (readonly [Level, number])[] = [
  ['Q8_0', 6_237_376],
  ['Q6_K', 4_840_640],
  ['Q4_K_M', 3_742_400],
  ['Q4_0', 3_624_128],
  ['Q2_K', 2_697_920],
];
const quantizer = locatePeer('llama-quantize');
const isRoot = process.getuid?.() === 0;

describe('LlamaCppVariantBuilder', async () => {
  const folder = await temporaryFolder();
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  const source = sampleModelPath();
  afterAll(() => builder.close());

  test.each(CARD_SIZES)('%s has the size on the card, and the dry run foretells it', async (level, bytes) => {
    expect(await builder.dryRun({ source, target: 'any', level })).toEqual({ sizeBytes: bytes });
    const built = await builder.build({ source, target: `sub/fable:${level}`, level });
    expect(built).toEqual({
      name: `sub/fable:${level}`,
      path: path.join(folder, 'sub', `fable-${level}.gguf`),
      sizeBytes: bytes,
      digest: await fileDigest(built.path!),
    });
    expect((await stat(built.path!)).size).toBe(bytes);
  });

  test.skipIf(quantizer === null).each(['Q8_0', 'Q5_K_S', 'Q4_K_M', 'IQ4_NL', 'Q3_K_L', 'TQ2_0'] as const)(
    `%s equals what llama-quantize writes, byte for byte${quantizer === null ? ' (skipped: npm run peers has not built it)' : ''}`,
    async (level) => {
      const peer = path.join(folder, `peer-${level}.gguf`);
      execFileSync(quantizer!, [source, peer, level, '1'], { stdio: 'ignore' });
      const { path: ours } = await builder.build({ source, target: `ours-${level}`, level });
      expect((await readFile(ours!)).equals(await readFile(peer))).toBe(true);
    },
  );

  test('overrides change the tensors they match, and nothing else', async () => {
    const plain = await builder.dryRun({ source, target: 'any', level: 'Q4_K_M' });
    const overrides = [{ pattern: 'attn_v\\.weight', type: 'Q8_0' } as const];
    const built = await builder.build({ source, target: 'mixed', level: 'Q4_K_M', overrides });
    // Six layers of 256 × 128: some were Q6_K, some Q4_K (facts of the level), all become Q8_0.
    const moreAtMost = 6 * ((256 * 128) / 32) * 34;
    expect(built.sizeBytes).toBeGreaterThan(plain.sizeBytes);
    expect(built.sizeBytes).toBeLessThan(plain.sizeBytes + moreAtMost);
    expect(await builder.dryRun({ source, target: 'any', level: 'Q4_K_M', overrides })).toEqual({
      sizeBytes: built.sizeBytes,
    });
  });

  test('tells how far it is', async () => {
    const seen: BuildProgress[] = [];
    await builder.build({ source, target: 'progress', level: 'Q8_0' }, { onProgress: (one) => seen.push(one) });
    expect(seen[0]?.completed).toBe(0);
    expect(seen.at(-1)).toEqual({ phase: 'quantizing', completed: 56, total: 56, unit: 'tensors' });
  });

  test.each([
    ['a level that needs an importance matrix', { level: 'IQ2_XXS' as const }, 'unsupported-level'],
    ['one that needs it for some tensors', { level: 'IQ3_XS' as const }, 'unsupported-level'],
    ['one this quantizer does not make', { level: 'NVFP4' as const }, 'unsupported-level'],
    ['a source that is not there', { source: 'nowhere' }, 'model-not-found'],
    ['a source that is no GGUF', { source: '/etc/hosts' }, 'invalid-model-file'],
    ['a target in no folder', { target: path.join(folder, 'none', 'x.gguf') }, 'storage-failed'],
    ['a name that leads out of the folder', { target: 'sub/../../x' }, 'invalid-input'],
    ['a target that is the source', { target: sampleModelPath() }, 'invalid-input'],
    [
      'a pattern that is no regular expression',
      { overrides: [{ pattern: '(', type: 'F16' as const }] },
      'invalid-input',
    ],
  ])('%s is refused with %#', async (_, change, code) => {
    const request = { source, target: 'refused', level: 'Q8_0' as const, ...change };
    await expect(builder.build(request)).rejects.toMatchObject({ code });
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/refused|\.part$/));
  });

  test('methods are empty where the engine cannot', async () => {
    expect(await builder.methods({ source, target: 'x', level: 'Q4_K_M' })).toEqual(['quantize']);
    expect(await builder.methods({ source, target: 'x', level: 'IQ3_XS' })).toEqual([]);
    expect(await builder.methods({ source: 'nowhere', target: 'x', level: 'Q4_K_M' })).toEqual([]);
  });

  test('an already quantized source takes consent', async () => {
    await builder.build({ source, target: 'once', level: 'Q8_0' });
    const again = { source: 'once', target: 'twice', level: 'Q4_0' } as const;
    await expect(builder.build(again)).rejects.toMatchObject({ code: 'invalid-input' });
    expect((await builder.build({ ...again, allowRequantize: true })).sizeBytes).toBe(3_624_128);
  });

  test('cancelled, it leaves the old file and nothing else', async () => {
    await writeFile(path.join(folder, 'kept.gguf'), 'old');
    const abort = new AbortController();
    const work = builder.build(
      { source, target: 'kept', level: 'IQ3_M' },
      { signal: abort.signal, onProgress: ({ completed }) => completed === 2 && abort.abort() },
    );
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readFile(path.join(folder, 'kept.gguf'), 'utf8')).toBe('old');
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/\.part$/));
  });

  test('removes what a killed run left', async () => {
    // No system gives this process number.
    const left = path.join(folder, 'left.gguf.999999999-0badcafe.part');
    await writeFile(left, '');
    await builder.build({ source, target: 'left', level: 'Q8_0' });
    await expect(stat(left)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.skipIf(isRoot)(
    `no permission is a storage failure${isRoot ? ' (skipped: root may do everything)' : ''}`,
    async () => {
      const closed = path.join(folder, 'closed');
      await mkdir(closed);
      await chmod(closed, 0o500);
      const work = builder.build({ source, target: path.join(closed, 'x.gguf'), level: 'Q8_0' });
      await expect(work).rejects.toMatchObject({ code: 'storage-failed' });
    },
  );
});
